import type { CutoverEvent } from "./events.ts";
import type { CutoverState, Latch } from "./state.ts";

/** @throws {RangeError} the event cannot happen in this state: a bug in the caller, which must stop before it writes. */
export const must: (holds: boolean, event: CutoverEvent) => asserts holds = (holds, event) => {
  if (!holds) throw new RangeError(`${event.kind} cannot happen here`);
};

type Optional =
  | "intent"
  | "latch"
  | "pause"
  | "rollbackDrill"
  | "request"
  | "adoption"
  | "approval"
  | "permit"
  | "stoppedAct"
  | "blindSince"
  | "unprovenSince"
  | "settled"
  | "withoutPin";

/** The state with these left out. */
export const without = (state: CutoverState, ...names: readonly Optional[]): CutoverState => {
  const rest: Record<string, unknown> = { ...state };
  for (const name of names) delete rest[name];
  return rest as unknown as CutoverState;
};

/** @throws {RangeError} there is none, and the event is one of a latch. */
export const latchOf = (state: CutoverState, event: CutoverEvent): Latch => {
  if (state.latch === undefined) throw new RangeError(`${event.kind} without a latch`);
  return state.latch;
};
