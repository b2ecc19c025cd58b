import { weightPercent } from "../kernel/units.ts";
import type { CutoverEvent } from "./events.ts";
import { NO_SOAK } from "./soak.ts";
import type { CutoverState } from "./state.ts";
import { must, without } from "./transition.ts";

/**
 * The state that a new epoch of the same cutover begins with. A pause stands: who arms again, or rehearses, need not be who
 * paused it. What waits to be carried out was asked of the epoch before: the next tick refuses it, and says so.
 */
export const rearmed = (state: CutoverState, event: Extract<CutoverEvent, { kind: "rearmed" }>): CutoverState => {
  const { rearm } = event;
  must(state.phase === "rolledBack" && state.latch?.verifiedAt !== undefined && state.settled !== undefined, event);
  return {
    ...without(
      state,
      ...(["latch", "settled", "rollbackDrill", "adoption"] as const),
      ...(["approval", "permit", "blindSince", "unprovenSince", "withoutPin"] as const),
    ),
    epoch: state.epoch + 1,
    phase: "armed",
    step: -1,
    weightPercent: weightPercent(0),
    armedAt: rearm.at,
    armedBy: rearm.by,
    steppedAt: rearm.at,
    verifiedAt: rearm.at,
    ...(rearm.intent === undefined ? {} : { intent: rearm.intent }),
    ...(rearm.withoutPin === undefined ? {} : { withoutPin: rearm.withoutPin }),
    policyDigest: rearm.policyDigest,
    whenNotLossless: rearm.whenNotLossless,
    drill: rearm.drill,
    blueHostsAtArm: rearm.blueHosts,
    conflictsAtArm: rearm.conflicts,
    shapesAtArm: rearm.shapes,
    otherActionsAtArm: rearm.otherActions,
    rollbackSafety: rearm.safety,
    soak: NO_SOAK,
    evidence: {},
    blocking: [],
  };
};
