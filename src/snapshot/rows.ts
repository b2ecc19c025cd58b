import { type EpochMs, earlier, epochMs, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import type { Observation, Observations } from "../signals/observation.ts";
import { SNAPSHOT_MINUTES } from "./freshness.ts";
import { merged } from "./merged.ts";
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

type InstantsByMinute = ReadonlyMap<EpochMs, Observations>;

interface Known {
  readonly snapshots: readonly Snapshot[];
  /** Of each snapshot. */
  readonly instants: readonly InstantsByMinute[];
  readonly rows: readonly Row[];
}

/** Of each snapshot, what is known by the last sequence that ended in it: the next tick's differs in a few minutes only. */
const knownBy = new WeakMap<Snapshot, Known>();

/** One row a minute that any of these snapshots, oldest first, says something about; oldest first. */
export const rowsOf = (snapshots: readonly Snapshot[]): readonly Row[] => {
  const [oldest] = snapshots;
  if (oldest === undefined) return [];
  const newest = snapshots.at(-1) ?? oldest;
  const same = narrowed(knownBy.get(newest), snapshots);
  if (same !== null) return same.rows;
  const before = snapshots.at(-2);
  const started = narrowed(before && knownBy.get(before), snapshots.slice(0, -1));
  const instants = [...(started?.instants ?? [])];
  // Stryker disable next-line ArrayDeclaration: what is of no minute is left out of the rows in the end
  let rows = started?.rows ?? [];
  for (const snapshot of snapshots.slice(instants.length)) {
    const read = instantsByMinute(snapshot);
    rows = extended(rows, snapshot, read);
    instants.push(read);
  }
  rows = since(rows, oldestMinute(oldest));
  knownBy.set(newest, { snapshots, instants, rows });
  // What is known by a snapshot holds those before it, and would hold on to all that is known by these without end.
  for (const spent of snapshots.slice(-3, -2)) knownBy.delete(spent);
  return rows;
};

const since = (rows: readonly Row[], oldest: EpochMs): readonly Row[] => rows.filter(({ at }) => at >= oldest);

const oldestMinute = ({ tick, minutes }: Snapshot): EpochMs => {
  const usual = earlier(tick, SNAPSHOT_MINUTES * MINUTE_MS);
  return epochMs(Math.min(usual, minutes[0]?.at ?? usual));
};

/**
 * What is known without what the oldest snapshots alone have said, where these are the rest of them: nobody who looks at
 * the rest, and at it only, could say it again. Null where they are not, where the rest reaches further back than all of them
 * did, or where one of the oldest alone holds a minute's metrics.
 */
const narrowed = (known: Known | undefined, snapshots: readonly Snapshot[]): Known | null => {
  if (known === undefined) return null;
  const dropped = known.snapshots.length - snapshots.length;
  const first = known.snapshots[dropped];
  if (first === undefined) return null;
  if (!snapshots.every((snapshot, index) => snapshot === known.snapshots[index + dropped])) return null;
  if (dropped === 0) return known;
  const oldest = oldestMinute(first);
  if (oldest < oldestMinute(known.snapshots[0] ?? first)) return null;
  const isHeld = (minute: EpochMs): boolean => first.minutes.some(({ at }) => at === minute);
  const isLost = ({ minutes }: Snapshot): boolean => minutes.some(({ at }) => at >= oldest && !isHeld(at));
  if (known.snapshots.slice(0, dropped).some(isLost)) return null;
  const spent = new Set(known.instants.slice(0, dropped).flatMap((read) => [...read.keys()]));
  const instants = known.instants.slice(dropped);
  const rows = since(known.rows, oldest).flatMap((row) => (spent.has(row.at) ? readAgain(row, instants) : row));
  return { snapshots, instants, rows };
};

/** A row by what these have read in its minute; none where they have read nothing, and it has no metrics. */
const readAgain = (row: Row, read: readonly InstantsByMinute[]): readonly Row[] => {
  const instants: Observations = Object.assign({}, ...read.map((byMinute) => byMinute.get(row.at)));
  const count = Object.keys(instants).length;
  // Of what both have read the rest has the newer reading, and that is in the row: what is missing is all that differs.
  if (count === Object.keys(row.instants).length) return [row];
  if (row.metrics === undefined && count === 0) return [];
  return [rowOf(row.at, row.metrics, instants)];
};

const extended = (rows: readonly Row[], snapshot: Snapshot, instants: InstantsByMinute): readonly Row[] => {
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

const instantsByMinute = ({ instants }: Snapshot): InstantsByMinute => {
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
