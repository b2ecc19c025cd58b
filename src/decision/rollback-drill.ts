import { toIso } from "../kernel/instant.ts";
import { durationMs, type EpochMs } from "../kernel/units.ts";
import type { Obstacle } from "./blocking.ts";
import type { CutoverState, RollbackDrill } from "./state.ts";
import { unservedSince } from "./unserved.ts";

/** How long a rehearsal of the rollback may keep the first step waiting: one that was killed must not do so for ever. */
export const DRILL_LIFE_MS = durationMs(30 * 60_000);

/** Nothing advances in a rehearsal: the alarm must not find traffic on green. */
export const drillObstacles = ({ rollbackDrill: drill }: CutoverState, tick: EpochMs): readonly Obstacle[] =>
  drill === undefined || tick > drill.notAfter
    ? []
    : [
        {
          what: "rollback-drill",
          value: `by ${drill.by}, with ${drill.alarmArn}`,
          threshold: "none",
          clears: `pawl drill rollback ends, or ${toIso(drill.notAfter)} passes`,
        },
      ];

/** The latch that a rehearsal asked for, and no other: of it alone nothing has to cool down. */
export const isOfDrill = ({ latch, rollbackDrill: drill }: CutoverState): boolean =>
  latch !== undefined &&
  drill !== undefined &&
  latch.fromPercent === 0 &&
  latch.at <= drill.notAfter &&
  latch.cause.kind === "alarm" &&
  latch.cause.alarmArn === drill.alarmArn;

/** Why the way back cannot be rehearsed in this state, one sentence each. */
export const drillRefusals = (state: CutoverState, at: EpochMs): readonly string[] => {
  const { latch, intent, rollbackDrill: drill } = state;
  const unserved = unservedSince(state, at);
  return [
    ...(latch === undefined ? [] : ["it is rolled back already"]),
    ...(latch === undefined && state.phase !== "armed" ? [`it is ${state.phase}, it must be armed`] : []),
    ...(state.weightPercent > 0 ? [`green has ${state.weightPercent} % of the traffic, it must have none`] : []),
    ...(intent === undefined ? [] : ["a change of the load balancer is not settled"]),
    ...(drill !== undefined && at <= drill.notAfter ? [`${drill.by} is rehearsing it since ${toIso(drill.at)}`] : []),
    // Its rollback would never settle.
    ...(unserved === null ? [] : [`no tick has judged it since ${toIso(unserved)}`]),
  ];
};

/**
 * Whether this very rehearsal is what the cutover is still armed under, and nothing has come of it. One whose machine
 * slept past its hold is not: traffic has gone on without it.
 */
export const isHeldBy = (state: CutoverState, { at }: Pick<RollbackDrill, "at">): boolean =>
  state.rollbackDrill?.at === at && state.phase === "armed" && state.latch === undefined && state.intent === undefined;

/** Ends a rehearsal that did not latch. The alarm that it set is of before now, should its event still come. */
export const drillEnded = (state: CutoverState, at: EpochMs): CutoverState => {
  const { rollbackDrill: _over, ...rest } = state;
  return rest.latch === undefined ? { ...rest, armedAt: at } : rest;
};

export const drillBegan = (state: CutoverState, drill: RollbackDrill): CutoverState => ({
  ...state,
  rollbackDrill: drill,
});
