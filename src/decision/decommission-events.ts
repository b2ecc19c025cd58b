import { assertNever } from "../kernel/assert-never.ts";
import type { EpochMs } from "../kernel/units.ts";
import { approvalHolds } from "./decommission-permit.ts";
import type { CutoverEvent } from "./events.ts";
import type { CutoverState } from "./state.ts";
import { must, without } from "./transition.ts";

export type DecommissionEvent = Extract<
  CutoverEvent,
  {
    readonly kind:
      | "decommissioningBegan"
      | "pointOfNoReturn"
      | "wayBackClosed"
      | "actStopped"
      | "actWentOn"
      | "completed";
  }
>;

/** How CDC is taken apart. @throws {RangeError} as `evolve` does. */
export const decommissionWentOn = (state: CutoverState, event: DecommissionEvent): CutoverState => {
  switch (event.kind) {
    case "decommissioningBegan":
      must(state.phase === "soaking" && state.latch === undefined, event);
      return { ...without(state, "adoption"), phase: "decommissioning", permit: event.permit };
    case "pointOfNoReturn":
      must(pointOfNoReturnRefusals(state, event.at).length === 0, event);
      return { ...without(state, "permit"), wayBack: "restorable" };
    case "wayBackClosed":
      must(state.wayBack === "restorable", event);
      return { ...state, wayBack: "closed" };
    case "actStopped":
      must(state.phase === "decommissioning", event);
      return { ...state, stoppedAct: event.stopped };
    case "actWentOn":
      return without(state, "stoppedAct");
    case "completed":
      must(state.phase === "decommissioning" && state.wayBack === "closed", event);
      return { ...without(state, "permit", "stoppedAct", "request"), phase: "complete", blocking: [] };
    default:
      return assertNever(event);
  }
};

/** What in the state forbids the point of no return now; the alarms are asked by whoever is about to write it. */
export const pointOfNoReturnRefusals = (state: CutoverState, at: EpochMs): readonly string[] => [
  ...(state.phase === "decommissioning" ? [] : [`it is ${state.phase}, not decommissioning`]),
  ...(state.wayBack === "open" ? [] : [`the way back is ${state.wayBack} already`]),
  ...(state.latch === undefined ? [] : ["a rollback is latched"]),
  ...(state.intent === undefined ? [] : ["a change of the load balancer is not settled"]),
  ...(approvalHolds(state, at) ? [] : ["there is no approval of this epoch that is at most 24 h old"]),
];
