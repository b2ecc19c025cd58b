import type { CutoverState } from "../../../src/decision/state.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { shownBy } from "./outsiders.ts";
import { shownToLose } from "./shown-lossy.ts";

type Sent = Extract<WorldEvent, { kind: "sent" }>;

/** P4: green keeps its weight while a rollback is held or is to be, whether promote has put that latch or only finds it. */
export const leftOnGreen = (): Checker => {
  /** Runs that have asked for more green: what these have measured is of before the latch that they find. */
  const stepping = new WeakSet<Run>();
  return {
    promise: "P4",
    watch: (event, world) => {
      if (event.kind !== "sent" || event.what !== "weight") return null;
      const { run, greenPercent, route } = event;
      if ((greenPercent ?? 0) > world.rules.weightedPercent(route)) stepping.add(run);
      return greenPercent === 0 ? lowered(event, world, stepping.has(run)) : null;
    },
  };
};

const lowered = ({ run }: Sent, world: World, steps: boolean): string | null => {
  const state = run.seen?.state;
  if (state === undefined || state.wayBack !== "open") return null;
  // Rollback's function does not measure: it goes by the state, and where that was not to be had it goes back.
  if (run.kind !== "promote")
    return state.latch?.mode === "held" && !run.unanswered ? "green was put to 0 under a held latch" : null;
  if (steps)
    return waits(state) ? "a step was overtaken by a rollback that is to be held, and green was put to 0" : null;
  const isLatched = state.latch !== undefined;
  // Its own latch got no answer; what else ends like this puts back a step that began at 0.
  const isBlind = !isLatched && run.unanswered && state.weightPercent > 0 && state.whenNotLossless === "hold";
  if (!(isBlind || waits(state)) || !measuredLoss(world, run, state)) return null;
  return isLatched
    ? "promote put green to 0 under a rollback that is to be held"
    : "promote's rollback was to be held, its latch got no answer, and green was put to 0";
};

/** Held, or to be held by whoever comes to it; nobody has released it, and it has not gone back before. */
const waits = ({ latch, whenNotLossless }: CutoverState): boolean => {
  if (latch === undefined || latch.verifiedAt !== undefined) return false;
  const { cause, expected, mode } = latch;
  const mayWait = cause.kind === "policy" || (cause.kind === "alarm" && cause.severity === "degraded");
  return mode === "held" || (mayWait && whenNotLossless === "hold" && expected.label !== "lossless");
};

/** What its tick is judged by shows that writes would be lost, no alarm that cannot wait, and nobody else's hand going back. */
const measuredLoss = (world: World, run: Run, { conflictsAtArm, weightPercent }: CutoverState): boolean => {
  const judged = (run.tick === null ? null : world.table.servedAt(run.tick)) ?? run;
  const { routes } = world.cutover;
  const isSentBack = judged.served.listeners.some((listener) =>
    routes.some(
      (route) =>
        route.listenerArn === listener.listenerArn &&
        ["more blue", "unclear"].includes(shownBy(route, routes, listener, weightPercent)),
    ),
  );
  // Of what may be too old by then nothing is concluded.
  return !isSentBack && shownToLose(world, judged.served, conflictsAtArm, judged.startedAt - SKEW_MS);
};
