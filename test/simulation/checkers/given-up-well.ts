import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { frozenAt } from "../../../src/policy/freeze.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import { ACT_MS, APPROVAL_LIFE_MS, PERMIT_LIFE_MS, SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { evidenceGaps } from "./evidence-served.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;

/** How long the write that gives the way back up may be under way once its time was looked at. */
const WRITE_MS = 10_000;

/** P5: what holds a step holds decommission too, leave rests on fresh evidence, and another policy begins anew. */
export const givenUpWell = (): Checker => ({
  promise: "P5",
  watch: (event, world) => {
    if (event.kind === "act") return acted(event);
    return event.kind === "stored" ? [...givenUp(world, event), ...adopted(event)] : null;
  },
});

const seconds = (ms: number): number => Math.round(ms / 1_000);

/** Leave is reckoned from the tick that was judged, and not by what the guard made of it. */
const acted = ({ run, action, at }: Extract<WorldEvent, { kind: "act" }>): string | null => {
  const agoMs = at - (run.seen?.state.lastTick ?? at);
  return agoMs > PERMIT_LIFE_MS + SKEW_MS + ACT_MS ? `${action} ${seconds(agoMs)} s after the last judged tick` : null;
};

/** At the beginning of decommission, and again where nobody can go back any more. */
const givenUp = (world: World, { before, after, at }: Stored): readonly string[] => {
  const begins = before?.phase === "soaking" && after.phase === "decommissioning";
  const returns = before?.wayBack === "open" && after.wayBack === "restorable";
  if (!begins && !returns) return [];
  const tick = after.lastTick ?? at;
  const { bad, missing } = evidenceGaps(world, tick, 100);
  const gaps = [...bad, ...missing];
  const approvedMs = at - (after.approval?.at ?? 0);
  const held = [
    ...(after.pause === undefined ? [] : ["in a pause"]),
    ...(frozenAt(world.policy, epochMs(tick)) === null ? [] : ["in a freeze"]),
    ...(gaps.length === 0 ? [] : [`although: ${gaps.join(", ")}`]),
    ...(approvedMs <= APPROVAL_LIFE_MS + SKEW_MS
      ? []
      : [`on an approval of ${Math.round(approvedMs / MINUTE_MS)} min ago`]),
    ...(at - tick <= PERMIT_LIFE_MS + SKEW_MS + WRITE_MS ? [] : [`${seconds(at - tick)} s after the last judged tick`]),
  ];
  return held.map((how) => `${begins ? "decommission began" : "the way back was given up"} ${how}`);
};

const adopted = ({ before, after }: Stored): readonly string[] => {
  const soaks = before?.phase === "soaking" && after.phase === "soaking";
  if (!soaks || before.policyDigest === after.policyDigest) return [];
  return [
    ...(after.soak.healthyMs > 0 ? ["another policy took over, and the soak of the one before counts"] : []),
    ...(after.approval === undefined ? [] : ["another policy took over, and the approval of the one before counts"]),
  ];
};
