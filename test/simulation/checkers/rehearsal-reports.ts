import type { CutoverState } from "../../../src/decision/state.ts";
import type { DrillReport } from "../../../src/guard/drill-walk.ts";
import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;
type Rehearsed = Extract<WorldEvent, { kind: "rehearsed" }>;

/** What the world saw of one rehearsal. */
interface Seen {
  readonly announcedAt: number;
  setAt: number | null;
  /** When it took its hold off itself, nothing having latched. */
  endedAt: number | null;
  latched: boolean;
  verified: boolean;
  armedAgain: boolean;
  /** Routes whose pin went up, and came down again once it was armed again. */
  readonly raised: Set<number>;
  readonly parked: Set<number>;
}

/** P7: what a rehearsal of the rollback says at its end is what was, and one that came to nothing leaves nothing behind. */
export const rehearsalReports = (): Checker => {
  const all = new Map<Run, Seen>();

  const stored = (world: World, event: Stored): string | null => {
    const { run, before, after } = event;
    if (run?.kind === "rehearsal") wrote(event, run);
    for (const seen of all.values()) reach(seen, before?.latch, after.latch);
    return before?.latch === undefined ? leftBehind(world, event) : null;
  };

  const wrote = ({ at, before, after }: Stored, run: Run): void => {
    const drill = after.rollbackDrill;
    if (drill !== undefined && drill.at !== before?.rollbackDrill?.at)
      all.set(run, { ...NOTHING, announcedAt: at, raised: new Set(), parked: new Set() });
    const own = all.get(run);
    const isTakenOff = before?.rollbackDrill !== undefined && drill === undefined;
    if (own !== undefined && isTakenOff && before.latch === undefined) own.endedAt = at;
  };

  /** The event of an alarm that a rehearsal had set, and ended without, is an old one; the alarm may ring all the same. */
  const leftBehind = (world: World, { run, after, at }: Stored): string | null => {
    const cause = after.latch?.cause;
    if (cause?.kind !== "alarm" || run?.kind !== "rollback") return null;
    const ended = [...all.values()].some(({ setAt, endedAt }) => {
      const isOld = setAt !== null && endedAt !== null && Math.abs(cause.alarmAt - setAt) < 1_000;
      return isOld && cause.alarmAt < endedAt - SKEW_MS && run.startedAt > endedAt;
    });
    const rings = run.served.alarms?.some(({ arn, state }) => arn === cause.alarmArn && state === "ALARM") === true;
    const isUnread = run.served.alarms === undefined && world.faults.spell("alarms-unreadable", at) !== null;
    return ended && !rings && !isUnread ? "went back for the alarm of a rehearsal that was over" : null;
  };

  const changed = ({ what, route }: Extract<WorldEvent, { kind: "changed" }>, world: World): void => {
    const pin = world.rules.pinOf(route);
    if (!what.includes("pin")) return;
    for (const seen of all.values()) {
      if (pin === "raised" && seen.latched) seen.raised.add(route);
      if (pin === "parked" && seen.armedAgain) seen.parked.add(route);
    }
  };

  return {
    promise: "P7",
    watch: (event, world) => {
      switch (event.kind) {
        case "alarm-set": {
          const seen = all.get(event.run);
          if (seen !== undefined && event.to === "ALARM") seen.setAt ??= event.at;
          return null;
        }
        case "stored":
          return stored(world, event);
        case "changed":
          changed(event, world);
          return null;
        case "rehearsed":
          return untrue(world, event, all.get(event.run) ?? null).map((what) => `a rehearsal said ${what}`);
        default:
          return null;
      }
    },
  };
};

const NOTHING: Omit<Seen, "announcedAt" | "raised" | "parked"> = {
  setAt: null,
  endedAt: null,
  latched: false,
  verified: false,
  armedAgain: false,
};

const reach = (seen: Seen, before: CutoverState["latch"], after: CutoverState["latch"]): void => {
  seen.latched ||= after !== undefined && before === undefined && seen.setAt !== null;
  seen.verified ||= after?.verifiedAt !== undefined && seen.latched;
  seen.armedAgain ||= after === undefined && before !== undefined && seen.verified;
};

const untrue = (world: World, { run, report, at }: Rehearsed, seen: Seen | null): readonly string[] => {
  const rang = seen !== null && seen.setAt !== null;
  switch (report.kind) {
    case "refused":
      return seen === null ? [] : ["that nothing was changed, and it had announced itself"];
    case "unannounced":
      return rang ? ["that no alarm was set, and one was"] : [];
    case "passed":
      return seen === null ? ["that it passed, and had never begun"] : notPassed(world, seen, report, at);
    case "broken":
      return seen === null ? ["that it broke, and had never begun"] : notStanding(run, seen, report);
  }
};

const notPassed = (
  { cutover }: World,
  { announcedAt, raised, parked, ...seen }: Seen,
  { marks }: Extract<DrillReport, { kind: "passed" }>,
  at: number,
): readonly string[] => {
  const way = ["latched", "verified", "armedAgain"] as const;
  const pinned = cutover.routes.flatMap(({ pin }, route) => (pin === undefined ? [] : [route]));
  const early = marks.some(({ at: reached }) => reached < announcedAt - 2 * SKEW_MS || reached > at + SKEW_MS);
  const disordered = marks.some((mark, index) => mark.at < (marks[index - 1]?.at ?? 0) - SKEW_MS);
  return [
    ...way.flatMap((link) => (seen[link] ? [] : [`that it passed, and nothing was ${link}`])),
    ...pinned.flatMap((route) => (raised.has(route) ? [] : [`that it passed, and pin ${route} was never up`])),
    ...pinned.flatMap((route) => (parked.has(route) ? [] : [`that it passed, and pin ${route} did not come down`])),
    ...(early || disordered ? [`of its links: ${marks.map(({ what }) => what).join(", ")}`] : []),
  ];
};

/** By what the table has last shown to it. */
const notStanding = (
  { seen: looked }: Run,
  seen: Seen,
  { standing }: Extract<DrillReport, { kind: "broken" }>,
): readonly string[] => {
  const isLatched = looked?.state.latch !== undefined;
  switch (standing) {
    case "armed":
      return seen.endedAt === null ? ["that it is armed as before, and its hold is on"] : [];
    case "rolledBack":
      return isLatched ? [] : [`that it is rolled back, and it is ${looked?.state.phase}`];
    case "gone-on":
      return isLatched ? ["that the cutover has gone on, and it is latched"] : [];
    case "armed-again":
      return isLatched ? ["that somebody has armed it again, and it is latched"] : [];
    case "unknown":
      return [];
  }
};
