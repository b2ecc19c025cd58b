import { type OutsideFailure, ok, outsideFailure, type Result } from "../kernel/result.ts";
import { type DurationMs, durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Side } from "../signals/bindings.ts";
import { tableName } from "./names.ts";
import type { CdcPorts, RowDigest, TableRows } from "./ports.ts";

/** How far a comparison has come: it goes on behind this key of this table, in the order of the side it is reading. */
export interface ComparisonCursor {
  readonly table: string;
  readonly side: Side;
  /** null: nothing of the table has been read on this side. */
  readonly after: string | null;
  readonly rowsCompared: number;
}

/** A row that was not the same on both sides at first sight. */
export interface Suspect {
  readonly table: string;
  readonly key: string;
  readonly blue: string | null;
  readonly green: string | null;
}

export interface Slice {
  readonly suspects: readonly Suspect[];
  readonly rowsCompared: number;
  /** null: that was the last one. */
  readonly next: ComparisonCursor | null;
}

/** Few enough for the time-out where rows are long, enough that asking costs little beside reading. */
export const SLICE_ROWS = 5_000;

/** A whole number of milliseconds, and never 0: PostgreSQL takes that for no time-out at all. */
export const queryTimeout = (queryMs: number, leftMs: number): DurationMs =>
  durationMs(Math.max(1, Math.trunc(Math.min(queryMs, leftMs))));

export const firstCursor = ({ tables }: CutoverBindings): ComparisonCursor | null =>
  tables[0] === undefined ? null : { table: tables[0].name, side: "blue", after: null, rowsCompared: 0 };

/** Behind the last row of blue come green's keys, and behind these the next table. */
const nextPass = (cutover: CutoverBindings, { table, side }: ComparisonCursor, rowsCompared: number) => {
  if (side === "blue") return { table, side: "green" as const, after: null, rowsCompared };
  const at = cutover.tables.findIndex(({ name }) => name === table);
  const following = cutover.tables[at + 1];
  return following === undefined ? null : { table: following.name, side: "blue" as const, after: null, rowsCompared };
};

export const digestsByKey = (rows: readonly RowDigest[]): ReadonlyMap<string, string> =>
  new Map(rows.map(({ key, digest }) => [key, digest]));

/** All columns of a table as both sides have them; refused where they differ. */
export const rowsOfTable = async (
  { databases }: CdcPorts,
  { name, key }: CutoverBindings["tables"][number],
): Promise<Result<TableRows, OutsideFailure>> => {
  const table = tableName(name);
  const [blue, green] = await Promise.all([databases.blue.columns(table), databases.green.columns(table)]);
  if (!blue.ok) return blue;
  if (!green.ok) return green;
  return blue.value.join() === green.value.join()
    ? ok({ table, key, columns: blue.value })
    : outsideFailure("refused", `the columns of ${name} differ: blue and green cannot be compared`);
};

const notRead = (
  { table, after }: ComparisonCursor,
  side: Side,
  timeoutMs: DurationMs,
  failure: OutsideFailure,
): Result<never, OutsideFailure> => {
  if (failure.kind !== "timed-out") return outsideFailure(failure.kind, `${side}: ${failure.message}`);
  const place = after === null ? "the first" : `those behind the key ${after}`;
  return outsideFailure(
    "timed-out",
    `${SLICE_ROWS} rows of ${table}, ${place}, were not read and hashed within ${timeoutMs / 1_000} s on ${side} ` +
      `(${failure.message}); see what keeps that database busy: locks, other scans, its disk, or very long rows`,
  );
};

/**
 * Reads the next rows of one side in the order of its own key, and the same keys on the other: the two may sort text
 * differently. Blue's rows are compared whole; of green's only those are left to find that blue lacks, by their keys alone.
 */
export const readSlice = async (
  { databases }: CdcPorts,
  cutover: CutoverBindings,
  whole: TableRows,
  cursor: ComparisonCursor,
  timeoutMs: DurationMs,
): Promise<Result<Slice, OutsideFailure>> => {
  const { table, side, after } = cursor;
  const other = side === "blue" ? "green" : "blue";
  const rows = side === "blue" ? whole : { ...whole, columns: [] };
  const mine = await databases[side].rowsAfter(rows, after, SLICE_ROWS, timeoutMs);
  if (!mine.ok) return notRead(cursor, side, timeoutMs, mine.failure);
  const keys = mine.value.map(({ key }) => key);
  const theirs = keys.length === 0 ? ok([]) : await databases[other].rowsByKey(rows, keys, timeoutMs);
  if (!theirs.ok) return notRead(cursor, other, timeoutMs, theirs.failure);
  const there = digestsByKey(theirs.value);
  const suspects = mine.value
    .map(({ key, digest }) => ({ key, here: digest, there: there.get(key) ?? null }))
    .filter((of) => of.here !== of.there)
    .map((of) => ({
      ...{ table, key: of.key },
      ...(side === "blue" ? { blue: of.here, green: of.there } : { blue: of.there, green: of.here }),
    }));
  const rowsCompared = cursor.rowsCompared + (side === "blue" ? keys.length : suspects.length);
  const last = keys.length < SLICE_ROWS ? undefined : keys.at(-1);
  const next = last === undefined ? nextPass(cutover, cursor, rowsCompared) : { ...cursor, after: last, rowsCompared };
  return ok({ suspects, rowsCompared, next });
};
