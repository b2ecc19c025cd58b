import { type EpochMs, earlier, epochMs, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import type { Observation, Observations, SignalValue } from "../signals/observation.ts";
import { SNAPSHOT_MINUTES } from "./freshness.ts";
import type { MinuteReadings, Readings, Snapshot } from "./snapshot.ts";

/** What a sequence of snapshots knows of one minute. The same object as long as nothing new is known of it. */
export interface Row {
  readonly at: EpochMs;
  /** As the newest snapshot that holds this minute says: counts arrive late, and a partial minute fills up. */
  readonly metrics: MinuteReadings | undefined;
  /** Instants that were read in this minute. */
  readonly instants: Observations;
  /** Both, as rules read them. */
  readonly readings: Readings;
}

interface Known {
  readonly snapshots: readonly Snapshot[];
  readonly rows: readonly Row[];
}

/** Of each snapshot, the rows of the last sequence that ended in it: the next tick's differ in a few minutes only. */
const knownBy = new WeakMap<Snapshot, Known>();

/** One row a minute that any of these snapshots, oldest first, says something about; oldest first. */
export const rowsOf = (snapshots: readonly Snapshot[]): readonly Row[] => {
  const newest = snapshots.at(-1);
  if (newest === undefined) return [];
  const oldest = oldestMinute(snapshots[0] ?? newest);
  const same = knownBy.get(newest);
  if (same !== undefined && follows(same.snapshots, snapshots)) return since(same.rows, oldest);
  let [rows, from] = longestKnown(snapshots);
  for (const snapshot of snapshots.slice(from)) rows = extended(rows, snapshot);
  rows = since(rows, oldest);
  knownBy.set(newest, { snapshots, rows });
  // What is known by a snapshot holds those before it, and would hold on to all that is known by these without end.
  for (const spent of snapshots.slice(-3, -2)) knownBy.delete(spent);
  return rows;
};

const since = (rows: readonly Row[], oldest: EpochMs): readonly Row[] =>
  (rows[0]?.at ?? oldest) >= oldest ? rows : rows.filter(({ at }) => at >= oldest);

const oldestMinute = ({ tick, minutes }: Snapshot): EpochMs => {
  const usual = earlier(tick, SNAPSHOT_MINUTES * MINUTE_MS);
  return epochMs(Math.min(usual, minutes[0]?.at ?? usual));
};

/** The rows of the tick before, where they are of these very snapshots, and how many of them they cover. */
const longestKnown = (snapshots: readonly Snapshot[]): readonly [readonly Row[], number] => {
  const before = snapshots.at(-2);
  // Stryker disable next-line ConditionalExpression: nothing is known by a snapshot that is not there
  const known = before === undefined ? undefined : knownBy.get(before);
  return known !== undefined && follows(known.snapshots, snapshots.slice(0, -1))
    ? [known.rows, snapshots.length - 1]
    : // Stryker disable next-line ArrayDeclaration: what is no row is of no minute, and is dropped with those too old
      [[], 0];
};

/** Whether `now`, which has at least one, is `before` without its oldest ones. */
const follows = (before: readonly Snapshot[], now: readonly Snapshot[]): boolean => {
  const dropped = before.length - now.length;
  return now.every((snapshot, index) => snapshot === before[index + dropped]);
};

const extended = (rows: readonly Row[], snapshot: Snapshot): readonly Row[] => {
  const instants = instantsByMinute(snapshot);
  const first = Math.min(snapshot.minutes[0]?.at ?? snapshot.tick, ...instants.keys());
  // A snapshot says something of the last few minutes alone; the others stay as they are.
  // Stryker disable next-line ArrowFunction,ConditionalExpression: put in again they stand where they stood, only later
  const untouched = rows.findLastIndex(({ at }) => at < first) + 1;
  const byMinute = new Map<EpochMs, Row>();
  for (let index = untouched; index < rows.length; index += 1) {
    const row = rows[index] as Row;
    byMinute.set(row.at, row);
  }
  for (const minute of snapshot.minutes) {
    const row = byMinute.get(minute.at);
    if (row !== undefined && sameReadings(row.metrics, minute)) continue;
    byMinute.set(minute.at, rowOf(minute.at, minute, row?.instants ?? {}));
  }
  for (const [at, read] of instants) {
    const row = byMinute.get(at);
    byMinute.set(at, rowOf(at, row?.metrics, row === undefined ? read : { ...row.instants, ...read }));
  }
  const touched = [...byMinute.values()].sort((a, b) => a.at - b.at);
  return [...rows.slice(0, untouched), ...touched];
};

const sameReadings = (a: MinuteReadings | undefined, b: MinuteReadings): boolean =>
  a !== undefined && sameEntries(a.values, b.values) && sameEntries(a.absent, b.absent);

const sameEntries = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean => {
  let count = 0;
  for (const key in a) {
    if (a[key] !== b[key]) return false;
    count += 1;
  }
  for (const _ in b) count -= 1;
  return count === 0;
};

const instantsByMinute = ({ instants }: Snapshot): ReadonlyMap<EpochMs, Observations> => {
  const found = new Map<EpochMs, Record<string, Observation>>();
  for (const path in instants) {
    const seen = instants[path] as Observation;
    const minute = minuteOf(seen.readAt);
    const row = found.get(minute);
    if (row === undefined) found.set(minute, { [path]: seen });
    else row[path] = seen;
  }
  return found;
};

const rowOf = (at: EpochMs, metrics: MinuteReadings | undefined, instants: Observations): Row => ({
  at,
  metrics,
  instants,
  readings: merged(metrics, instants),
});

/** `{green: {requests: 12}}` out of `{"green.requests": 12}`; what has no value is explained in `absent`. */
export const merged = (metrics: MinuteReadings | undefined, ...instants: readonly Observations[]): Readings => {
  const values: Values = {};
  const absent: Record<string, string> = { ...metrics?.absent };
  for (const path in metrics?.values) put(values, path, metrics.values[path] ?? Number.NaN);
  for (const each of instants) putInstants(values, absent, each);
  return { values, absent };
};

type Values = Record<string, Record<string, SignalValue>>;

const putInstants = (values: Values, absent: Record<string, string>, instants: Observations): void => {
  for (const path in instants) {
    const seen = instants[path] as Observation;
    if (seen.known) {
      put(values, path, seen.value);
      // Stryker disable next-line ConditionalExpression: deleting what is not there does nothing, and takes time
      if (Object.hasOwn(absent, path)) delete absent[path];
    } else absent[path] = seen.reason;
  }
};

const put = (values: Values, path: string, value: SignalValue): void => {
  const [group, name] = partsOf(path);
  const members = Object.hasOwn(values, group) ? values[group] : undefined;
  if (members === undefined) values[group] = { [name]: value };
  else members[name] = value;
};

/** Signal paths are few, and taken apart a thousand times an hour; those of a recording may be any. */
const knownParts = new Map<string, readonly [group: string, name: string]>();
const MOST_KNOWN_PARTS = 1_000;

const partsOf = (path: string): readonly [group: string, name: string] => {
  const known = knownParts.get(path);
  // Stryker disable next-line ConditionalExpression: what was remembered is what is found again
  if (known !== undefined) return known;
  const dot = path.indexOf(".");
  const parts = dot < 0 ? ([path, ""] as const) : ([path.slice(0, dot), path.slice(dot + 1)] as const);
  // Stryker disable next-line ConditionalExpression,EqualityOperator: how much is remembered changes no answer
  if (knownParts.size < MOST_KNOWN_PARTS) knownParts.set(path, parts);
  return parts;
};
