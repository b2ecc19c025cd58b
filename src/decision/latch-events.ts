import { assertNever } from "../kernel/assert-never.ts";
import { weightPercent } from "../kernel/units.ts";
import type { CutoverEvent } from "./events.ts";
import { isOfDrill } from "./rollback-drill.ts";
import type { CutoverState } from "./state.ts";
import { latchOf, must, without } from "./transition.ts";

export type LatchEvent = Extract<
  CutoverEvent,
  {
    readonly kind:
      | "latchHeld"
      | "latchMeasured"
      | "latchReleased"
      | "latchVerified"
      | "latchUnverified"
      | "rolledBackInEarnest"
      | "greenAgain";
  }
>;

/** What becomes of a rollback that is latched. @throws {RangeError} as `evolve` does. */
export const latchChanged = (state: CutoverState, event: LatchEvent): CutoverState => {
  const latch = latchOf(state, event);
  switch (event.kind) {
    case "latchHeld":
      must(latch.verifiedAt === undefined, event);
      return { ...state, latch: { ...latch, mode: "held" } };
    case "latchMeasured":
      return { ...state, latch: { ...latch, expected: event.expected } };
    case "latchReleased":
      return {
        ...state,
        latch: { ...latch, mode: "snapped", cause: event.cause ?? latch.cause, expected: event.expected },
      };
    case "latchVerified":
      return latchVerified(state, event);
    case "latchUnverified":
      return { ...state, latch: { ...latch, told: event.told } };
    case "rolledBackInEarnest":
      must(isOfDrill(state), event);
      return { ...without(state, "rollbackDrill"), latch: { ...latch, cause: event.cause } };
    case "greenAgain":
      must(latch.verifiedAt !== undefined, event);
      return { ...without(state, "settled"), latch: { ...latch, greenAgainAt: event.at } };
    default:
      return assertNever(event);
  }
};

const latchVerified = (state: CutoverState, event: Extract<LatchEvent, { kind: "latchVerified" }>): CutoverState => {
  must(state.wayBack === "open", event);
  const { reassertAfter, told: _told, ...latch } = latchOf(state, event);
  const keep = event.reasserted || reassertAfter === undefined ? {} : { reassertAfter };
  return {
    ...without(state, "permit", "stoppedAct", "adoption"),
    phase: "rolledBack",
    step: -1,
    weightPercent: weightPercent(0),
    latch: {
      ...latch,
      ...keep,
      mode: "snapped",
      pinAnsweredAt: event.pinAnsweredAt,
      verifiedAt: latch.verifiedAt ?? event.at,
    },
  };
};
