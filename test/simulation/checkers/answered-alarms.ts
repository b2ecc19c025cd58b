import type { CutoverState } from "../../../src/decision/state.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";

/** P2: an alarm that has been delivered is gone back for, by the very run that it called, whatever came with it. */
export const answeredAlarms = (): Checker => ({
  promise: "P2",
  watch: (event, world) => (event.kind === "ended" ? ended(world, event.run) : null),
});

const ended = (world: World, { back, unanswered }: Run): readonly string[] => {
  const state = world.state();
  // Who got no answer from the table asks for blue without it; that has a watch of its own.
  if (back?.by !== "alarm" || unanswered || state === null || !mayGoBack(state)) return [];
  // A latch that was taken off since began another epoch, and arming demands that the alarm is quiet.
  return back.calls
    .filter(({ at }) => at > state.armedAt + SKEW_MS)
    .map(({ arn }) => `${arn} was delivered in ALARM, and nobody went back for it`);
};

const mayGoBack = ({ latch, wayBack, phase }: CutoverState): boolean =>
  latch === undefined && wayBack === "open" && phase !== "complete";
