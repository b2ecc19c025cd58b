import { oncePerObject } from "../kernel/memo.ts";
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

interface Known {
  readonly snapshots: readonly Snapshot[];
  readonly rows: readonly Row[];
}

/** Of each snapshot, the rows of the last sequence that ended in it: the next tick's differ in a few minutes only. */
const knownBy = new WeakMap<Snapshot, Known>();

/** One row a minute that any of these snapshots, oldest first, says something about; oldest first. */
export const rowsOf = (snapshots: readonly Snapshot[]): readonly Row[] => {
  const [oldest, newest] = [snapshots[0], snapshots.at(-1)];
  if (oldest === undefined || newest === undefined) return [];
  const first = oldestMinute(oldest);
  const same = knownRows(newest, snapshots);
  if (same !== null) return since(same, first);
  const before = knownRows(snapshots.at(-2), snapshots.slice(0, -1));
  const toAdd = before === null ? snapshots : [newest];
  const rows = since(toAdd.reduce<readonly Row[]>(extended, before ?? []), first);
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

/** The rows of these snapshots, as far as they follow from what is known by the newest of them; null where they do not. */
const knownRows = (newest: Snapshot | undefined, snapshots: readonly Snapshot[]): readonly Row[] | null => {
  const known = newest === undefined ? undefined : knownBy.get(newest);
  const dropped = known === undefined ? null : droppedFrom(known.snapshots, snapshots);
  return known === undefined || dropped === null ? null : withoutOldest(known.rows, dropped, snapshots);
};

/** The oldest of `before` that `now`, which has at least one, lacks; null where it is not the rest of it. */
const droppedFrom = (before: readonly Snapshot[], now: readonly Snapshot[]): readonly Snapshot[] | null => {
  const dropped = before.length - now.length;
  return now.every((snapshot, index) => snapshot === before[index + dropped]) ? before.slice(0, dropped) : null;
};

/**
 * The rows without what the dropped snapshots alone have said: nobody who looks at those that are kept, and at them only,
 * could say it again. Null where one of them alone holds a minute's metrics.
 */
const withoutOldest = (
  rows: readonly Row[],
  dropped: readonly Snapshot[],
  kept: readonly Snapshot[],
): readonly Row[] | null => {
  const [first] = kept;
  if (first === undefined || dropped.length === 0) return rows;
  const oldest = oldestMinute(first);
  const held = new Set(first.minutes.map(({ at }) => at));
  if (dropped.some(({ minutes }) => minutes.some(({ at }) => at >= oldest && !held.has(at)))) return null;
  const readThen = new Set(dropped.flatMap((snapshot) => [...instantsByMinute(snapshot).keys()]));
  return rows.flatMap((row) => {
    if (!readThen.has(row.at)) return [row];
    const instants: Observations = Object.assign({}, ...kept.map((one) => instantsByMinute(one).get(row.at)));
    if (sameEntries(row.instants, instants)) return [row];
    if (row.metrics === undefined && Object.keys(instants).length === 0) return [];
    return [rowOf(row.at, row.metrics, instants)];
  });
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

const instantsByMinute = oncePerObject(({ instants }: Snapshot): ReadonlyMap<EpochMs, Observations> => {
  const found = new Map<EpochMs, Record<string, Observation>>();
  for (const path in instants) {
    const seen = instants[path] as Observation;
    const minute = minuteOf(seen.readAt);
    const row = found.get(minute);
    if (row === undefined) found.set(minute, { [path]: seen });
    else row[path] = seen;
  }
  return found;
});

const rowOf = (at: EpochMs, metrics: MinuteReadings | undefined, instants: Observations): Row => ({
  at,
  metrics,
  instants,
  readings: merged(metrics, instants),
});
