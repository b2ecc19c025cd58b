import type { GuardPorts } from "../../src/guard/ports.ts";
import { aroundCalls } from "./around-calls.ts";

/** The process is gone: nothing it still had to do is done. */
export class Killed extends Error {
  override readonly name = "Killed";
}

export type Death = { readonly call: number; readonly when: "before" | "after" };

export interface Mortal {
  readonly ports: GuardPorts;
  /** Calls made through these ports so far. */
  readonly calls: () => number;
  /** Their names, in order. */
  readonly log: readonly string[];
}

/**
 * The same ports, with an end: at the given call the process dies, before the call leaves or after it has arrived
 * without its answer being seen; everything it tries after that fails the same way.
 */
export const mortal = (of: GuardPorts, death: Death | null): Mortal => {
  const log: string[] = [];
  let dead = false;
  const guardCall = async (call: () => Promise<unknown>, name: string): Promise<unknown> => {
    log.push(name);
    const fatal = death !== null && log.length === death.call;
    if (dead || (fatal && death.when === "before")) {
      dead = true;
      throw new Killed("killed");
    }
    const answer = await call();
    if (fatal || dead) {
      dead = true;
      throw new Killed("killed");
    }
    return answer;
  };
  return { ports: aroundCalls(of, guardCall), calls: () => log.length, log };
};
