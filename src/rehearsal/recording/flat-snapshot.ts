import { type EpochMs, epochMs, MINUTE_MS } from "../../kernel/units.ts";
import { known, type Observation, type SignalValue, unknown } from "../../signals/observation.ts";
import { SNAPSHOT_MINUTES } from "../../snapshot/freshness.ts";
import type { MinuteReadings, Snapshot } from "../../snapshot/snapshot.ts";

/**
 * A snapshot in columns, so that the next one differs from it in few places: instants are told from the tick.
 */
export interface FlatSnapshot {
  readonly cutover: string;
  readonly epoch: number;
  readonly tick: number;
  /** Milliseconds after the tick, as is every `read`. */
  readonly taken: number;
  /** Of every observation: where it stands and its path, such as "instants forward.lagRecords". */
  readonly paths: readonly string[];
  readonly read: readonly number[];
  /** null where it is unknown, and the reason under the same index. */
  readonly values: readonly (SignalValue | null)[];
  readonly reasons: readonly (string | null)[];
  readonly minutes: readonly MinuteReadings[];
}

const PLACES = ["instants", "p99ForGates", "p99ForRollback"] as const;
type Place = (typeof PLACES)[number];

export const flat = (snapshot: Snapshot): FlatSnapshot => {
  const columns = PLACES.flatMap((place) =>
    Object.entries(snapshot[place]).map(([path, seen]) => ({ path: `${place} ${path}`, seen })),
  );
  return {
    cutover: snapshot.cutover,
    epoch: snapshot.epoch,
    tick: snapshot.tick,
    taken: snapshot.takenAt - snapshot.tick,
    paths: columns.map(({ path }) => path),
    read: columns.map(({ seen }) => seen.readAt - snapshot.tick),
    values: columns.map(({ seen }) => (seen.known ? seen.value : null)),
    reasons: columns.map(({ seen }) => (seen.known ? null : seen.reason)),
    minutes: snapshot.minutes,
  };
};

/** @throws {RangeError} it holds an instant that is none. */
export const unflat = (columns: FlatSnapshot): Snapshot => {
  const { cutover, epoch, tick, taken, paths, read, values, reasons, minutes } = columns;
  const at: Record<Place, Record<string, Observation>> = { instants: {}, p99ForGates: {}, p99ForRollback: {} };
  for (let index = 0; index < paths.length; index += 1) {
    const column = paths[index] ?? "";
    const { place, path } = placeOf(column);
    const readAt = epochMs(tick + (read[index] ?? Number.NaN));
    const value = values[index] ?? null;
    at[place][path] = value === null ? unknown(reasons[index] ?? "", readAt) : known(value, readAt);
  }
  return {
    ...{ cutover, epoch, tick: epochMs(tick), takenAt: epochMs(tick + taken) },
    ...at,
    minutes,
  };
};

const COLUMNS = new Map<string, { readonly place: Place; readonly path: string }>();
/** Names come from a file: nobody may fill the memory with them. */
const MOST_COLUMNS = 10_000;

const placeOf = (column: string): { readonly place: Place; readonly path: string } => {
  const known = COLUMNS.get(column);
  if (known !== undefined) return known;
  const place = PLACES.find((one) => column.startsWith(`${one} `));
  const path = column.slice((place?.length ?? 0) + 1);
  if (place === undefined || path === "__proto__") throw new RangeError(`"${column}" is no observation`);
  if (COLUMNS.size < MOST_COLUMNS) COLUMNS.set(column, { place, path });
  return { place, path };
};

/**
 * What the next snapshot is told against: the minutes that it can hold, a new one like the one before it, so that only
 * the values that changed have to be written.
 */
export const movedOn = (before: FlatSnapshot, tick: EpochMs): FlatSnapshot => {
  const newest = before.minutes.at(-1);
  if (newest === undefined) return { ...before, tick };
  const minutes = before.minutes.filter(({ at }) => at >= tick - SNAPSHOT_MINUTES * MINUTE_MS);
  const first = Math.max(newest.at + MINUTE_MS, tick - SNAPSHOT_MINUTES * MINUTE_MS);
  for (let at = first; at < tick; at += MINUTE_MS) minutes.push({ ...newest, at: epochMs(at) });
  return { ...before, tick, minutes };
};
