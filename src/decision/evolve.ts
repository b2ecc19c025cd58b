import { assertNever } from "../kernel/assert-never.ts";
import { adopted, mayAdopt } from "./adoption.ts";
import { decommissionWentOn } from "./decommission-events.ts";
import type { CutoverEvent, Judged } from "./events.ts";
import { latchChanged } from "./latch-events.ts";
import { requestTaken } from "./operator-request.ts";
import { rearmed } from "./rearmed.ts";
import { drillBegan, drillEnded, drillRefusals, isHeldBy } from "./rollback-drill.ts";
import { beginSoak, NO_SOAK } from "./soak.ts";
import type { CutoverState } from "./state.ts";
import { must, without } from "./transition.ts";

/**
 * The state after one event. Pure; `version`, `writeId`, ledger and outbox are the committing write's affair.
 * @throws {RangeError} the event cannot happen in this state: a bug in the caller, which must stop before it writes.
 */
export const evolve = (state: CutoverState, event: CutoverEvent): CutoverState => {
  switch (event.kind) {
    case "judged":
      return judged(state, event);
    case "intentAnnounced":
      must(state.latch === undefined && state.intent === undefined, event);
      return { ...state, intent: event.intent };
    case "weightCommitted":
      return weightCommitted(state, event);
    case "intentCleared":
      return without(state, "intent");
    case "stepRefused":
      return { ...without(state, "intent"), blocking: [event.refused] };
    case "pinLowered":
      must(state.latch === undefined && state.intent?.kind === "lowerPin", event);
      return { ...without(state, "intent"), steppedAt: event.at, verifiedAt: event.at };
    case "requested":
      return { ...state, request: event.request };
    case "requestTaken":
      return requestTaken(state, event);
    case "policyAdopted":
      must(mayAdopt(state) && state.adoption?.policyDigest === event.adoption.policyDigest, event);
      must(state.intent === undefined, event);
      return adopted(state, event);
    case "adoptionDropped":
      return without(state, "adoption");
    case "drillBegan":
      must(drillRefusals(state, event.drill.at).length === 0, event);
      return drillBegan(state, event.drill);
    case "drillEnded":
      must(
        state.latch !== undefined || (state.rollbackDrill !== undefined && isHeldBy(state, state.rollbackDrill)),
        event,
      );
      return drillEnded(state, event.at);
    case "rearmed":
      return rearmed(state, event);
    case "latchHeld":
    case "latchMeasured":
    case "latchReleased":
    case "latchVerified":
    case "latchUnverified":
    case "rolledBackInEarnest":
    case "greenAgain":
      return latchChanged(state, event);
    case "settled":
      must(state.latch?.verifiedAt !== undefined, event);
      return { ...state, settled: event.settled };
    case "decommissioningBegan":
    case "pointOfNoReturn":
    case "wayBackClosed":
    case "actStopped":
    case "actWentOn":
    case "completed":
      return decommissionWentOn(state, event);
    default:
      return assertNever(event);
  }
};

const judged = (state: CutoverState, event: Judged): CutoverState => ({
  ...(state.latch === undefined
    ? without(state, "blindSince", "unprovenSince", "permit")
    : without(state, "blindSince", "unprovenSince", "permit", "adoption")),
  lastTick: event.tick,
  blocking: event.blocking,
  rollbackSafety: event.safety,
  ...(event.blindSince === null ? {} : { blindSince: event.blindSince }),
  ...(event.unprovenSince === null ? {} : { unprovenSince: event.unprovenSince }),
  ...(event.soak === undefined ? {} : { soak: event.soak }),
  ...(event.permit === undefined ? {} : { permit: event.permit }),
  ...(event.evidence === undefined ? {} : { evidence: event.evidence }),
});

const weightCommitted = (
  state: CutoverState,
  event: Extract<CutoverEvent, { kind: "weightCommitted" }>,
): CutoverState => {
  const { intent } = state;
  must(state.latch === undefined && intent?.kind === "setWeight" && intent.epoch === state.epoch, event);
  must(event.step === state.step + 1, event);
  return {
    ...without(state, "intent", "unprovenSince"),
    phase: event.last ? "soaking" : "shifting",
    step: event.step,
    weightPercent: intent.to,
    steppedAt: intent.intentAt,
    verifiedAt: event.at,
    ...(event.last ? {} : { unprovenSince: event.at }),
    soak: event.last ? beginSoak(event.at) : NO_SOAK,
  };
};
