import type { CutoverState } from "../../../src/decision/state.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";
import { meddledRules } from "./meddled.ts";

const BACK_WITHIN_MS = 8 * 60_000;

/** P2: a rollback wins; what is said to be on blue is on blue, and nothing raises green until it is armed again. */
export const rollbackWins = (): Checker => {
  let verified = false;
  let latchedAt: number | null = null;
  let snappedAt = 0;
  const meddled = meddledRules();

  const stored = (world: World, { before, after, at }: Extract<WorldEvent, { kind: "stored" }>): readonly string[] => {
    const claims = after.latch?.verifiedAt !== undefined;
    const begins = claims && !verified;
    verified = claims;
    if (after.latch !== undefined && before?.latch === undefined) snappedAt = at;
    const goesBack = after.latch?.mode === "snapped" && after.wayBack === "open";
    latchedAt = goesBack ? (latchedAt ?? at) : null;
    return [...(begins ? stillGreen(world, at) : []), ...epochFaults(before, after)];
  };

  const stillGreen = (world: World, at: number): readonly string[] =>
    world.rules.shares.flatMap((changes, route) => {
      const last = changes.at(-1);
      const onBlue = last === undefined || (last.greenPercent === 0 && last.allNodesAt <= at);
      return onBlue ? [] : [`said to be on blue while route ${route} has ${last.greenPercent} % green`];
    });

  const sent = (world: World, event: Extract<WorldEvent, { kind: "sent" }>): readonly string[] => {
    const { run, what, route } = event;
    const seen = run.seen?.state;
    const found: string[] = [];
    const raises = what === "weight" && (event.greenPercent ?? 0) > world.rules.weightedPercent(route);
    if (raises && seen?.latch !== undefined) found.push("more green was asked for by a run that knew of the latch");
    if (what !== "pin-down") return found;
    // One that began before the latch may ask until it is killed: the rule below is at 0, and blue is asserted after that.
    if (verified && run.startedAt > snappedAt) found.push("the pin was let down under a verified rollback");
    if (seen?.latch !== undefined) found.push("the pin was let down by a run that knew of the latch");
    if (world.rules.weightedPercent(route) > 0 && !meddled.unseenBy(run, world, route))
      found.push("the pin was let down above a rule that has green");
    return found;
  };

  /** However hard it is made for it: by then a request has got through, or the load balancer takes none from anybody. */
  const overdue = (world: World, at: number): string | null => {
    if (latchedAt === null || at - latchedAt < BACK_WITHIN_MS) return null;
    const green = world.rules.greenPercent();
    // Where no tick comes either, and the one who latched stands still, somebody is told that nobody is served.
    if (green === 0 || world.deadMan.isRinging()) return null;
    latchedAt = at;
    return `${green} % green, ${BACK_WITHIN_MS / 60_000} min after a rollback was latched`;
  };

  return {
    promise: "P2",
    watch: (event, world) => {
      switch (event.kind) {
        case "stored":
          return stored(world, event);
        case "sent":
          return sent(world, event);
        case "changed": {
          meddled.note(event);
          const isMore = event.effective.to > event.effective.from;
          // Without a pin another writer can give green a share again; from then on it is to be sent back again.
          if (isMore && event.run === null && latchedAt !== null) latchedAt = event.at;
          const rises = event.run !== null && isMore;
          return verified && rises ? `green rose to ${event.effective.to} % after it was said to be on blue` : null;
        }
        case "minute":
          return overdue(world, event.at);
        case "act": {
          // What was under way when the latch came may still come about.
          const knew = event.run.seen?.state.latch !== undefined;
          return knew ? `${event.action} was done by a run that knew of a latch` : null;
        }
        default:
          return null;
      }
    },
    end: (world) => {
      const state = world.state();
      if (state?.latch === undefined || state.wayBack !== "open" || state.latch.mode === "held") return [];
      return world.rules.greenPercent() > 0 ? [`rolled back, and green still has ${world.rules.greenPercent()} %`] : [];
    },
  };
};

const epochFaults = (before: CutoverState | null, after: CutoverState): readonly string[] => {
  if (before === null) return [];
  const found: string[] = [];
  if (after.epoch < before.epoch || after.epoch > before.epoch + 1)
    found.push(`the epoch went from ${before.epoch} to ${after.epoch}`);
  const [was, is] = [before.latch !== undefined, after.latch !== undefined];
  if (!was && is && after.epoch !== before.epoch + 1) found.push("a latch did not begin a new epoch");
  if (was && !is && before.wayBack === "open" && after.phase !== "armed")
    found.push(`a latch vanished in ${after.phase}`);
  return found;
};
