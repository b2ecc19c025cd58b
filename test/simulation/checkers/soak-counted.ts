import { MINUTE_MS, parseDuration } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import { ACT_MS, ACTS, FINAL_AFTER_MS, SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";
import { evidenceGaps, type MetricsShown, shownMinute } from "./evidence-served.ts";

/** From then on the windows of every gate lie within the step. */
const WHOLE_AFTER_MS = 12 * MINUTE_MS;
/** How far back every look shows the minutes again. */
const SHOWN_MS = 10 * MINUTE_MS;
const ERRORS_MAX = 0.01;
const HARD = ["hosts of green", "errors of green", "errors of the load balancer", "forward.state", "reverse.state"];

type Stored = Extract<WorldEvent, { kind: "stored" }>;

const minuteOf = (at: number): number => at - (at % MINUTE_MS);

/** P5: soak is counted of minutes that were seen, starts again when something bad was, and leave to go on is really there. */
export const soakCounted = (): Checker => {
  /** Minutes in which a tick, or observe, saw hosts and both streams. */
  const hosts = new Set<number>();
  const streams = new Set<number>();
  let approvedEpoch: number | null = null;
  /** What a tick saw that was not shown those before it: the clock may stand still over it, until it is final. */
  let owed: { readonly tick: number; readonly restarts: number; readonly what: string } | null = null;

  const note = (world: World, tick: number): void => {
    const run = world.table.servedAt(tick);
    if (run === null) return;
    const { observations = {} } = run.served.observed ?? {};
    if (run.served.hosts !== undefined)
      for (const at of [run.startedAt - SKEW_MS, run.startedAt, run.startedAt + 2 * SKEW_MS]) hosts.add(minuteOf(at));
    const [forward, reverse] = [observations["forward.lagRecords"], observations["reverse.lagRecords"]];
    if (forward?.known === true && reverse?.known === true)
      for (const at of [forward.readAt - SKEW_MS, forward.readAt + SKEW_MS]) streams.add(minuteOf(at));
  };

  const counted = ({ before, after }: Stored): string | null => {
    const { startedAt, healthyMs } = after.soak;
    if (after.phase !== "soaking" || startedAt === null || healthyMs === before?.soak.healthyMs) return null;
    let seen = 0;
    for (const minute of hosts) if (minute > startedAt - MINUTE_MS && streams.has(minute)) seen += 1;
    return healthyMs > seen * MINUTE_MS ? `${healthyMs / MINUTE_MS} minutes of soak, ${seen} were seen` : null;
  };

  const broken = (world: World, { at, before, after }: Stored): string | null => {
    const tick = after.lastTick;
    if (after.phase !== "soaking" || after.latch !== undefined || tick === null || tick === before?.lastTick)
      return null;
    if (tick < after.verifiedAt + WHOLE_AFTER_MS || after.soak.healthyMs === 0) return null;
    const { bad } = evidenceGaps(world, tick, 100, at);
    const hard = bad.filter((what) => HARD.includes(what));
    if (hard.length === 0) return null;
    const what = hard.join(", ");
    const isAlone = world.table.servedAt(tick)?.served.isAlone === true;
    if (!isAlone || after.soak.healthyMs > (before?.soak.healthyMs ?? 0))
      return `the soak went on although this was seen: ${what}`;
    owed ??= { tick, restarts: after.soak.restarts, what };
    return null;
  };

  /** What a tick saw by itself begins the soak again when its minute is final, and the ticks before are shown again. */
  const forgotten = (world: World, { after }: Stored): string | null => {
    const tick = after.lastTick;
    if (owed === null || tick === null) return null;
    const isPast = after.phase !== "soaking" || after.latch !== undefined || after.soak.restarts !== owed.restarts;
    const isDue = tick > owed.tick + FINAL_AFTER_MS + MINUTE_MS;
    if (!isPast && (!isDue || world.table.servedAt(tick)?.served.isAlone !== undefined)) return null;
    const { what } = owed;
    owed = null;
    return isPast ? null : `the soak never began again although this was seen: ${what}`;
  };

  /** Errors that arrived after their minute was counted: the look that shows them begins the soak again. */
  const forgiven = (world: World, { before, after }: Stored): string | null => {
    const { lastTick: tick, soak } = after;
    if (after.phase !== "soaking" || after.latch !== undefined || tick === null || tick === before?.lastTick)
      return null;
    const served = world.table.servedAt(tick)?.served;
    // A look that was not shown those before it judges no minute; the next one that is sees this one again.
    if (served?.isAlone === true) return null;
    const shown = served?.metrics;
    const whole = Math.max(minuteOf(soak.startedAt ?? tick), minuteOf(after.verifiedAt) + 3 * MINUTE_MS) + MINUTE_MS;
    for (
      let minute = Math.max(whole, tick - SHOWN_MS + 2 * MINUTE_MS);
      minute < tick - FINAL_AFTER_MS;
      minute += MINUTE_MS
    )
      if (soak.healthyMs > 0 && isBad(shown, minute)) return "the soak went on over a minute that turned out bad";
    return null;
  };

  const began = (world: World, { before, after }: Stored): readonly string[] => {
    if (after.phase !== "decommissioning" || before?.phase === "decommissioning") return [];
    const wantedMs = parseDuration(world.policy.soak.duration);
    return [
      ...(after.soak.healthyMs < wantedMs ? [`${after.soak.healthyMs / MINUTE_MS} minutes of soak were enough`] : []),
      ...(approvedEpoch === after.epoch ? [] : ["nobody has approved this epoch"]),
    ];
  };

  const stored = (world: World, event: Stored): readonly string[] => {
    const { before, after } = event;
    if (after.request?.verb === "approve") approvedEpoch = after.request.epoch;
    // Of the ticks in between, too: their snapshots count, whoever committed.
    if (after.lastTick !== null && after.lastTick !== before?.lastTick)
      for (let tick: number = before?.lastTick ?? after.lastTick; tick <= after.lastTick; tick += MINUTE_MS)
        note(world, tick);
    return [
      ...[counted(event), broken(world, event), forgotten(world, event), forgiven(world, event)].filter(
        (what) => what !== null,
      ),
      ...began(world, event),
    ];
  };

  const acted = ({ run, action, at }: Extract<WorldEvent, { kind: "act" }>): string | null => {
    const permit = run.seen?.state.permit;
    if (permit === undefined) return `${action} without a permit`;
    return at > permit.notAfter + SKEW_MS + ACT_MS ? `${action} under a permit that had run out` : null;
  };

  return {
    promise: "P5",
    watch: (event, world) => {
      if (event.kind === "act") return acted(event);
      return event.kind === "stored" ? stored(world, event) : null;
    },
    end: (world) => {
      if (world.state()?.phase !== "complete") return [];
      const missing = ACTS.filter((action) => !world.cdc.acts.has(action));
      return missing.map((action) => `complete without ${action}`);
    },
  };
};

/** By the three minutes that end with it, all of which are shown. */
const isBad = (shown: MetricsShown, minute: number): boolean => {
  let [requests, errors] = [0, 0];
  for (let at = minute - 2 * MINUTE_MS; at <= minute; at += MINUTE_MS) {
    const counted = shownMinute(shown, "requests", at);
    if (counted === undefined) return false;
    requests += counted;
    errors += shownMinute(shown, "errors5xx", at) ?? 0;
  }
  return errors > ERRORS_MAX * requests;
};
