import type { CutoverState } from "../../../src/decision/state.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { hasPlainRoute } from "../../../src/signals/routes.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";
import { shownToLose } from "./shown-lossy.ts";

/** A tick finds it at the latest, two more may be lost, and the requests take their time. */
const HARD_DOWN_WITHIN_MS = 6 * MINUTE_MS;

const inAlarm = ({ state }: { readonly state: string }): boolean => state === "ALARM";

/** P2: whoever goes back does so whatever the table answers, and what cannot wait does not, hold or no hold. */
export const withoutDelay = (): Checker => {
  /** Runs that have asked for blue, in one way or the other. */
  const asked = new WeakSet<Run>();
  let ringsSince: number | null = null;

  const sent = ({ run, what, greenPercent }: Extract<WorldEvent, { kind: "sent" }>): null => {
    if (what === "pin-up" || (what === "weight" && greenPercent === 0)) asked.add(run);
    return null;
  };

  const ended = (world: World, run: Run): string | null => {
    if (!run.unanswered || run.calledRollback || asked.has(run)) return null;
    if (run.back !== null)
      return needsBlue(world, run) ? "a rollback that the table did not answer ended without asking for blue" : null;
    return run.kind === "promote" && leftGreen(world, run)
      ? "promote saw an alarm, got no answer to its latch, and left green where it was"
      : null;
  };

  const minute = (world: World, at: number): string | null => {
    const hardDown = world.cutover.alarms.filter(({ severity }) => severity === "hard-down").map(({ arn }) => arn);
    const green = world.rules.greenPercent();
    const isOpen = world.state()?.wayBack === "open" && green > 0;
    // Where nobody is served any more, somebody is told that.
    const rings = isOpen && world.alarms.readings(hardDown).some(inAlarm) && !world.deadMan.isRinging();
    ringsSince = rings ? (ringsSince ?? at) : null;
    if (ringsSince === null || at - ringsSince < HARD_DOWN_WITHIN_MS) return null;
    ringsSince = at;
    return `a hard-down alarm has rung for ${HARD_DOWN_WITHIN_MS / MINUTE_MS} min, and green has ${green} %`;
  };

  return {
    promise: "P2",
    watch: (event, world) => {
      switch (event.kind) {
        case "sent":
          return sent(event);
        case "ended":
          return ended(world, event.run);
        case "minute":
          return minute(world, event.at);
        default:
          return null;
      }
    },
  };
};

/**
 * Nothing that the table had told the run before it fell silent speaks against going back. A route without a pin is left
 * alone where it is not seen as bound: what is written there without the table cannot be told from a fenced blue.
 */
const needsBlue = (world: World, run: Run): boolean => {
  if (hasPlainRoute(world.cutover)) return false;
  const seen = run.seen?.state;
  if (seen === undefined) return true;
  const { phase, wayBack, latch } = seen;
  const mayGo = phase !== "complete" && wayBack === "open" && latch?.verifiedAt === undefined;
  return mayGo && !mayWait(seen) && world.state()?.wayBack === "open" && world.rules.greenPercent() > 0;
};

/** Held, or about to be: going back would lose writes, and the policy would rather wait. A hard-down alarm has a watch of its own. */
const mayWait = ({ latch, whenNotLossless, rollbackSafety }: CutoverState): boolean =>
  latch?.mode === "held" || (whenNotLossless === "hold" && (latch?.expected ?? rollbackSafety).label !== "lossless");

/** Its tick was the one to be judged, by what it saw itself, and nobody has come after it. */
const leftGreen = (world: World, run: Run): boolean => {
  const { tick, seen, served } = run;
  if (tick === null || seen === null || served.alarms?.some(inAlarm) !== true) return false;
  const { epoch, latch, wayBack, weightPercent } = seen.state;
  const now = world.state();
  const isOvertaken = (now?.lastTick ?? 0) >= tick || now?.epoch !== epoch;
  const isJudged = world.table.servedAt(tick)?.served === served;
  const stays = latch === undefined && wayBack === "open" && weightPercent > 0;
  return stays && isJudged && !isOvertaken && !shownToWait(world, run);
};

/** Going back would lose writes by what this run was shown, and the policy would rather wait. */
const shownToWait = (world: World, run: Run): boolean =>
  run.seen?.state.whenNotLossless === "hold" &&
  shownToLose(world, run.served, run.seen.state.conflictsAtArm, run.now());
