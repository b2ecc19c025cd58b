import type { CutoverState } from "../../../src/decision/state.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

/** P8: seven minutes, and the difference of two clocks. */
const TOLD_WITHIN_MS = 7 * 60_000 + 5_000;

/** P8: a cutover that nobody judges is told of within seven minutes; so is every rollback. */
export const somebodyIsTold = (): Checker => {
  let latchedAt: number | null = null;
  let toldAt: number | null = null;
  /** When the table came to hold it, which may be long after whoever armed it began. */
  let armedAt = 0;
  return {
    promise: "P8",
    watch: (event, world) => {
      switch (event.kind) {
        case "stored":
          if (event.after.armedAt !== event.before?.armedAt) armedAt = event.at;
          if (goesBack(event.before, event.after)) latchedAt = event.at;
          return null;
        case "told":
          if (event.notification.urgency === "page") toldAt = event.at;
          return null;
        case "minute":
          return silence(world, event.at, armedAt);
        default:
          return null;
      }
    },
    end: () => (latchedAt !== null && (toldAt ?? 0) < latchedAt ? ["a rollback that nobody was told of"] : []),
  };
};

/** Of a completed cutover nothing goes back; an operator who asks for it all the same has their own command's answer. */
const goesBack = (before: CutoverState | null, { latch, phase }: CutoverState): boolean =>
  latch !== undefined && before?.latch === undefined && !(phase === "complete" && latch.cause.kind === "operator");

const silence = (world: World, at: number, armedAt: number): string | null => {
  const state = world.state();
  if (state === null || state.phase === "complete") return null;
  const judgedAt = Math.max(state.lastTick ?? 0, armedAt);
  const silentMs = at - judgedAt;
  return silentMs > TOLD_WITHIN_MS && !world.deadMan.isRinging()
    ? `nobody was told after ${Math.round(silentMs / 1_000)} s without a judged tick`
    : null;
};
