import { oncePerObject } from "../kernel/memo.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../kernel/result.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { settleSuspects } from "./diff-settle.ts";
import {
  type ComparisonCursor,
  firstCursor,
  queryTimeout,
  readSlice,
  rowsOfTable,
  type Suspect,
} from "./diff-slices.ts";
import type { CdcPorts } from "./ports.ts";

export interface Difference {
  readonly table: string;
  readonly key: string;
  readonly kind: "differs" | "missing-on-green" | "missing-on-blue";
}

export interface Comparison {
  /** So far, of all tables: blue's, and those of green that blue lacks. */
  readonly rowsCompared: number;
  /** Still different after a drain proof, and neither side had moved since. */
  readonly differences: readonly Difference[];
  /** Changed on every look: nothing can be said of these. */
  readonly unsettled: readonly { readonly table: string; readonly key: string }[];
}

export interface ComparedPiece extends Comparison {
  /** Where the next piece begins; null where every row has been compared. */
  readonly next: ComparisonCursor | null;
}

/** How much time one piece of a comparison may take, in real milliseconds. */
export interface Pace {
  /** No further slice is begun after it. */
  readonly readForMs: number;
  /** What is not settled by then is given up. */
  readonly withinMs: number;
  /** The longest that the rows of one slice may take one database. */
  readonly queryMs: number;
}

export interface ComparisonOptions {
  /** Streams to drain before suspects are read again: those that run. */
  readonly directions: readonly Direction[];
}

/** For whoever waits at a terminal. */
const AT_LEISURE: Pace = { readForMs: 600_000, withinMs: 1_200_000, queryMs: 60_000 };
/** What is held of them in memory; where so much differs the rest tells nothing more. */
const MAX_SUSPECTS = 10_000;

const kindOf = ({ blue, green }: Suspect): Difference["kind"] => {
  if (green === null) return "missing-on-green";
  return blue === null ? "missing-on-blue" : "differs";
};

/**
 * Compares from where an earlier piece ended, slice by slice, for as long as the pace allows, and settles what it found.
 * Effects: none but the drain proofs' tokens.
 */
export const comparePiece = async (
  ports: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  from: ComparisonCursor | null,
  { directions, readForMs, withinMs, queryMs }: ComparisonOptions & Pace,
): Promise<Result<ComparedPiece, OutsideFailure>> => {
  const startedAt = ports.stopwatch.elapsedMs();
  const leftMs = (): number => startedAt + withinMs - ports.stopwatch.elapsedMs();
  const columnsOnce = oncePerObject((table: CutoverBindings["tables"][number]) => rowsOfTable(ports, table));
  const tableOf = (name: string) => cutover.tables.find((table) => table.name === name);
  const rowsOf = async (name: string) => {
    const table = tableOf(name);
    return table === undefined ? outsideFailure("refused", `${name} is no table of this cutover`) : columnsOnce(table);
  };
  const suspects: Suspect[] = [];
  let next = from !== null && tableOf(from.table) !== undefined ? from : firstCursor(cutover);
  let rowsCompared = next?.rowsCompared ?? 0;
  while (next !== null && leftMs() > Math.max(0, withinMs - readForMs) && suspects.length < MAX_SUSPECTS) {
    const rows = await rowsOf(next.table);
    if (!rows.ok) return rows;
    const slice = await readSlice(ports, cutover, rows.value, next, queryTimeout(queryMs, leftMs()));
    if (!slice.ok) return slice;
    suspects.push(...slice.value.suspects);
    rowsCompared = slice.value.rowsCompared;
    next = slice.value.next;
  }
  const settled = await settleSuspects({ ports, drain, cutover, directions, rowsOf, queryMs, leftMs }, suspects);
  if (!settled.ok) return settled;
  return ok({
    next,
    rowsCompared,
    differences: settled.value.different.map((of) => ({ table: of.table, key: of.key, kind: kindOf(of) })),
    unsettled: settled.value.unsettled.map(({ table, key }) => ({ table, key })),
  });
};

/**
 * Compares every row of every table, by hash per key, while both sides may be written to, up to the end or to the first
 * piece that holds differences. A row that differs is only a suspect until it was read again after a drain proof.
 */
export const compareSides = async (
  ports: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  options: ComparisonOptions,
): Promise<Result<Comparison, OutsideFailure>> => {
  let from: ComparisonCursor | null = null;
  const unsettled: Comparison["unsettled"][number][] = [];
  for (;;) {
    const piece: Result<ComparedPiece, OutsideFailure> = await comparePiece(ports, drain, cutover, from, {
      ...options,
      ...AT_LEISURE,
    });
    if (!piece.ok) return piece;
    const { next, rowsCompared, differences } = piece.value;
    unsettled.push(...piece.value.unsettled);
    if (next === null || differences.length > 0) return ok({ rowsCompared, differences, unsettled });
    from = next;
  }
};
