import { type EpochMs, earlier, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import type { Observation, Observations, SignalValue } from "../signals/observation.ts";
import { NOTHING_ACCUMULATED } from "./evidence-state.ts";
import { GATE_DELAY_MS, INSTANT_MAX_AGE_MS } from "./freshness.ts";
import type { Evidence, MinuteReadings, Readings, Snapshot } from "./snapshot.ts";

/** The snapshots of one cutover and epoch, oldest first; the last one is that of the tick being judged. */
export type Snapshots = readonly [...Snapshot[], Snapshot];

/** What a stretch of time may be used for depends on when this epoch, and this step, began. */
export interface EvidenceScope {
  readonly armedAt: EpochMs;
  readonly verifiedAt: EpochMs;
}

const P99_SPAN_MS = 3 * MINUTE_MS;

/** For gates: minutes of the current step alone that ended at least 2 min before T. Never a minute of transition. */
export const gateEvidence = (snapshots: Snapshots, scope: EvidenceScope): Evidence => {
  const { tick, takenAt, instants, p99ForGates } = newest(snapshots);
  const now = earlier(tick, GATE_DELAY_MS);
  const stepBegan = minuteOf(scope.verifiedAt);
  const wholeInStep = earlier(now, P99_SPAN_MS) > stepBegan;
  return evidence(snapshots, { now, readBy: takenAt }, (at) => at > stepBegan, {
    ...fresh(instants, takenAt),
    ...(wholeInStep ? p99ForGates : outside(p99ForGates, "its three minutes reach back before this step")),
  });
};

/** For rollback rules: everything since it was armed, minutes of transition included, up to T. */
export const rollbackEvidence = (snapshots: Snapshots, scope: EvidenceScope): Evidence => {
  const { tick, takenAt, instants, p99ForRollback } = newest(snapshots);
  const armed = minuteOf(scope.armedAt);
  const sinceArmed = earlier(tick, P99_SPAN_MS) >= armed;
  return evidence(snapshots, { now: tick, readBy: takenAt }, (at) => at >= armed, {
    ...fresh(instants, takenAt),
    ...(sinceArmed ? p99ForRollback : outside(p99ForRollback, "its three minutes reach back before this epoch")),
  });
};

/** For the soak: one final minute as it is known now, judged as if it had just ended. */
export const soakMinuteEvidence = (snapshots: Snapshots, scope: EvidenceScope, minute: EpochMs): Evidence => {
  const stepBegan = minuteOf(scope.verifiedAt);
  const now = later(minute, MINUTE_MS);
  const p99 = snapshots.find(({ tick }) => tick === later(now, GATE_DELAY_MS))?.p99ForGates ?? {};
  const ofMinute = rowsOf(snapshots).instants.get(minute) ?? {};
  const seen = evidence(snapshots, { now, readBy: now }, (at) => at > stepBegan && at <= minute, {
    ...ofMinute,
    ...p99,
  });
  // A sum over the step or the soak knows no single minute; a gate that asks for one leaves this minute unproven.
  return { ...seen, accumulated: NOTHING_ACCUMULATED };
};

/** Read by every tick that could see; a minute without a value of each was looked at in vain, or not at all. */
const SEEN_BY = ["green.healthyHosts", "forward.lagRecords", "reverse.lagRecords"];

/** A minute was seen when its traffic and its instants were both read; a tick that never ran, or was blind, proves nothing. */
export const wasObserved = (snapshots: Snapshots, minute: EpochMs): boolean => {
  const { metrics, instants } = rowsOf(snapshots);
  const seen = SEEN_BY.every((path) => instants.get(minute)?.[path]?.known === true);
  return metrics.get(minute)?.values["green.requests"] !== undefined && seen;
};

const newest = (snapshots: Snapshots): Snapshot => {
  const last = snapshots.at(-1);
  if (last === undefined) throw new RangeError("no snapshot to judge");
  return last;
};

const evidence = (
  snapshots: Snapshots,
  /** `readBy`: the instant that ages are counted to. */
  { now, readBy }: { readonly now: EpochMs; readonly readBy: EpochMs },
  belongs: (minute: EpochMs) => boolean,
  instants: Observations,
): Evidence => {
  const { metrics, minutes: known, readings } = rowsOf(snapshots);
  const minutes = known.filter(belongs);
  // The newest minute that has ended, or nothing: an older one would let silence pass for the last good news.
  const latest = minutes.find((at) => at + MINUTE_MS === now);
  return {
    now,
    current: {
      ...merged(latest === undefined ? undefined : metrics.get(latest), instants),
      ageSeconds: agesAt(readBy, {
        metrics: latest === undefined ? {} : (metrics.get(latest)?.values ?? {}),
        now,
        instants,
      }),
    },
    minutes: minutes.map((at) => ({ at, readings: readings(at) })),
  };
};

/** Every minute that any of these snapshots says something about, oldest first, as the newest of them know it. */
export const minuteRows = (snapshots: readonly Snapshot[], since: EpochMs): Evidence["minutes"] => {
  const { minutes, readings } = rowsOf(snapshots);
  return minutes.filter((at) => at >= since).map((at) => ({ at, readings: readings(at) }));
};

/** What snapshots together say of each minute. */
interface Rows {
  readonly metrics: ReadonlyMap<EpochMs, MinuteReadings>;
  readonly instants: ReadonlyMap<EpochMs, Observations>;
  /** Oldest first. */
  readonly minutes: readonly EpochMs[];
  readonly readings: (minute: EpochMs) => Readings;
}

/** Snapshots never change, and one tick looks at the same ones for gates, rollback rules and minutes of the soak. */
const ROWS = new WeakMap<readonly Snapshot[], Rows>();

const rowsOf = (snapshots: readonly Snapshot[]): Rows => {
  const before = ROWS.get(snapshots);
  if (before !== undefined) return before;
  const metrics = metricsByMinute(snapshots);
  const instants = instantsByMinute(snapshots);
  const made = new Map<EpochMs, Readings>();
  const readings = (at: EpochMs): Readings => {
    const row = made.get(at) ?? merged(metrics.get(at), instants.get(at) ?? {});
    made.set(at, row);
    return row;
  };
  const minutes = [...new Set([...metrics.keys(), ...instants.keys()])].sort((a, b) => a - b);
  const rows = { metrics, instants, minutes, readings };
  ROWS.set(snapshots, rows);
  return rows;
};

/** Seconds since each value was read; of a minute's, since the minute ended. */
const agesAt = (
  readBy: EpochMs,
  seen: { readonly metrics: MinuteReadings["values"]; readonly now: EpochMs; readonly instants: Observations },
): Readonly<Record<string, number>> => {
  const age = (at: EpochMs): number => Math.max(0, readBy - at) / 1000;
  return Object.fromEntries([
    ...Object.keys(seen.metrics).map((path) => [path, age(seen.now)]),
    ...Object.entries(seen.instants).map(([path, { readAt }]) => [path, age(readAt)]),
  ]);
};

/** The value of a minute is that of the newest snapshot: counts arrive late, and a partial minute fills up. */
const metricsByMinute = (snapshots: readonly Snapshot[]): ReadonlyMap<EpochMs, MinuteReadings> =>
  new Map(snapshots.flatMap(({ minutes }) => minutes.map((minute) => [minute.at, minute] as const)));

const instantsByMinute = (snapshots: readonly Snapshot[]): ReadonlyMap<EpochMs, Observations> => {
  const byMinute = new Map<EpochMs, Record<string, Observation>>();
  for (const { instants } of snapshots)
    for (const [path, observation] of Object.entries(instants)) {
      const minute = minuteOf(observation.readAt);
      const row = byMinute.get(minute) ?? {};
      row[path] = observation;
      byMinute.set(minute, row);
    }
  return byMinute;
};

const fresh = (instants: Observations, takenAt: EpochMs): Observations =>
  Object.fromEntries(
    Object.entries(instants).map(([path, seen]) => {
      const ageMs = takenAt - seen.readAt;
      if (!seen.known || ageMs <= INSTANT_MAX_AGE_MS) return [path, seen];
      const reason = `stale: read ${Math.round(ageMs / 1000)} s ago, at most ${INSTANT_MAX_AGE_MS / 1000} s`;
      return [path, { known: false, reason, readAt: seen.readAt }];
    }),
  );

const outside = (observations: Observations, reason: string): Observations =>
  Object.fromEntries(
    Object.entries(observations).map(([path, { readAt }]) => [path, { known: false, reason, readAt }]),
  );

/** `{green: {requests: 12}}` out of `{"green.requests": 12}`; what has no value is explained in `absent`. */
const merged = (metrics: MinuteReadings | undefined, instants: Observations): Readings => {
  const values: Record<string, Record<string, SignalValue>> = {};
  const absent: Record<string, string> = { ...metrics?.absent };
  const put = (path: string, value: SignalValue) => {
    const [group = "", name = ""] = path.split(".");
    // In place, for this runs for every value of every minute of every tick; own groups only, whatever they are called.
    const members = Object.hasOwn(values, group) ? values[group] : undefined;
    if (members === undefined) values[group] = { [name]: value };
    else members[name] = value;
    if (Object.hasOwn(absent, path)) delete absent[path];
  };
  for (const [path, value] of Object.entries(metrics?.values ?? {})) put(path, value);
  for (const [path, seen] of Object.entries(instants)) {
    if (seen.known) put(path, seen.value);
    else absent[path] = seen.reason;
  }
  return { values, absent };
};
