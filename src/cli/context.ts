import { hostname, userInfo } from "node:os";
import type { CutoverBindings } from "../signals/bindings.ts";
import { refused } from "./exit.ts";
import type { Target } from "./target.ts";
import type { Terminal } from "./terminal.ts";

/** What every command is told: where it acts, on which cutover, for whom, and where it may write. */
export interface Scene {
  readonly target: Target;
  readonly terminal: Terminal;
  readonly policiesDir: string;
  readonly bindings: CutoverBindings;
  /** Who acts, for the record. */
  readonly operator: string;
}

/** A scene, and no more of the outside world than the command needs. */
export interface CliContext<Ports> extends Scene {
  readonly ports: Ports;
}

/** "ada@workstation": the account this runs under, on this machine. */
export const operatorHere = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run under a number that has no name.
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`;
  }
};

/** @throws {CommandFailure} the cutover lives in another account or Region than the target. */
export const checkPlace = (bindings: CutoverBindings, { place, label }: Target): void => {
  const [, , , region = "", account = ""] = bindings.loadBalancerArn.split(":");
  if (region === place.region && (place.account === null || account === place.account)) return;
  throw refused(
    `The cutover ${bindings.name} is in account ${account}, ${region}; this command acts on ${label}.`,
    "One stack guards one account and Region; what it would read or write elsewhere is not this cutover's.",
    "Choose the other target (--lab, --aws, AWS_REGION, AWS_PROFILE), or correct the ARNs in cutover.json.",
  );
};
