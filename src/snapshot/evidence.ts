import { type EpochMs, earlier, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import type { SignalPath } from "../signals/catalogue.ts";
import type { Observation, Observations } from "../signals/observation.ts";
import { NOTHING_ACCUMULATED } from "./evidence-state.ts";
import { GATE_DELAY_MS, INSTANT_MAX_AGE_MS } from "./freshness.ts";
import { merged } from "./merged.ts";
import { type Row, rowsOf } from "./rows.ts";
import type { Evidence, MinuteReadings, Snapshot } from "./snapshot.ts";

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
  return evidence(
    snapshots,
    { now, readBy: takenAt },
    (at) => at > stepBegan,
    fresh(instants, takenAt),
    wholeInStep ? p99ForGates : outside(p99ForGates, "its three minutes reach back before this step"),
  );
};

/** For rollback rules: everything since it was armed, minutes of transition included, up to T. */
export const rollbackEvidence = (snapshots: Snapshots, scope: EvidenceScope): Evidence => {
  const { tick, takenAt, instants, p99ForRollback } = newest(snapshots);
  const armed = minuteOf(scope.armedAt);
  const sinceArmed = earlier(tick, P99_SPAN_MS) >= armed;
  return evidence(
    snapshots,
    { now: tick, readBy: takenAt },
    (at) => at >= armed,
    fresh(instants, takenAt),
    sinceArmed ? p99ForRollback : outside(p99ForRollback, "its three minutes reach back before this epoch"),
  );
};

/** For the soak: one final minute as it is known now, judged as if it had just ended. */
export const soakMinuteEvidence = (snapshots: Snapshots, scope: EvidenceScope, minute: EpochMs): Evidence => {
  const stepBegan = minuteOf(scope.verifiedAt);
  const now = later(minute, MINUTE_MS);
  const p99 = snapshots.find(({ tick }) => tick === later(now, GATE_DELAY_MS))?.p99ForGates ?? {};
  const ofMinute = rowAt(rowsOf(snapshots), minute)?.instants ?? {};
  const seen = evidence(snapshots, { now, readBy: now }, (at) => at > stepBegan && at <= minute, ofMinute, p99);
  // A sum over the step or the soak knows no single minute; a gate that asks for one leaves this minute unproven.
  return { ...seen, accumulated: NOTHING_ACCUMULATED };
};

/** Read by every tick that could see; a minute without a value of each was looked at in vain, or not at all. */
const SEEN_BY = ["green.healthyHosts", "forward.lagRecords", "reverse.lagRecords"];

/** All without which a minute was not observed. */
export const OBSERVED_BY: readonly SignalPath[] = ["green.requests", ...SEEN_BY];

/** A minute was seen when its traffic and its instants were both read; a tick that never ran, or was blind, proves nothing. */
export const wasObserved = (snapshots: Snapshots, minute: EpochMs): boolean => {
  const row = rowAt(rowsOf(snapshots), minute);
  const seen = SEEN_BY.every((path) => row?.instants[path]?.known === true);
  return row?.metrics?.values["green.requests"] !== undefined && seen;
};

const rowAt = (rows: readonly Row[], minute: EpochMs): Row | undefined => rows.findLast(({ at }) => at === minute);

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
  ...instants: readonly Observations[]
): Evidence => {
  const minutes = rowsOf(snapshots).filter(({ at }) => belongs(at));
  // The newest minute that has ended, or nothing: an older one would let silence pass for the last good news.
  const latest = minutes.findLast(({ at }) => at + MINUTE_MS === now)?.metrics;
  const { values, absent } = merged(latest, ...instants);
  let ages: Readonly<Record<string, number>> | undefined;
  return {
    now,
    current: {
      values,
      absent,
      /** Few rules ask for it, and it is as long as everything else. */
      get ageSeconds() {
        ages ??= agesAt(readBy, { metrics: latest?.values ?? {}, now, instants });
        return ages;
      },
    },
    minutes,
  };
};

/** Seconds since each value that stands was read; of a minute's, since the minute ended. */
const agesAt = (
  readBy: EpochMs,
  seen: {
    readonly metrics: MinuteReadings["values"];
    readonly now: EpochMs;
    readonly instants: readonly Observations[];
  },
): Readonly<Record<string, number>> => {
  const age = (at: EpochMs): number => Math.max(0, readBy - at) / 1000;
  const ages: Record<string, number> = {};
  for (const path in seen.metrics) ages[path] = age(seen.now);
  for (const each of seen.instants)
    for (const [path, { known, readAt }] of Object.entries(each)) if (known) ages[path] = age(readAt);
  return ages;
};

const fresh = (instants: Observations, takenAt: EpochMs): Observations => {
  const isStale = ({ known, readAt }: Observation): boolean => known && takenAt - readAt > INSTANT_MAX_AGE_MS;
  // Stryker disable next-line ConditionalExpression: taken apart and put together again it says the same, only later
  if (!Object.values(instants).some(isStale)) return instants;
  return Object.fromEntries(
    Object.entries(instants).map(([path, seen]) => {
      if (!isStale(seen)) return [path, seen];
      const seconds = Math.round((takenAt - seen.readAt) / 1000);
      const reason = `stale: read ${seconds} s ago, at most ${INSTANT_MAX_AGE_MS / 1000} s`;
      return [path, { known: false, reason, readAt: seen.readAt }];
    }),
  );
};

const outside = (observations: Observations, reason: string): Observations =>
  Object.fromEntries(
    Object.entries(observations).map(([path, { readAt }]) => [path, { known: false, reason, readAt }]),
  );
