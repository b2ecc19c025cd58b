import { type OutsideFailure, ok, outsideFailure, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { tableName } from "./names.ts";
import type { CdcPorts, DatabasePort, RowDigest, TableRows } from "./ports.ts";

export interface Difference {
  readonly table: string;
  readonly key: string;
  readonly kind: "differs" | "missing-on-green" | "missing-on-blue";
}

export interface Comparison {
  /** Rows on the larger side, of all tables. */
  readonly rowsCompared: number;
  /** Still different after a drain proof, and neither side had moved since. */
  readonly differences: readonly Difference[];
  /** Changed on every look: nothing can be said of these. */
  readonly unsettled: readonly { readonly table: string; readonly key: string }[];
}

const ROUNDS = 6;
const DRAIN_MS = durationMs(20_000);
/** Buckets whose rows are listed at once: bounds what is held in memory to about a sixteenth of a table. */
const BUCKETS_AT_ONCE = 256;

type Digests = ReadonlyMap<string, string>;
interface Suspect {
  readonly key: string;
  readonly blue: string | null;
  readonly green: string | null;
}

const both = async <Value>(
  { blue, green }: CdcPorts["databases"],
  ask: (database: DatabasePort) => Promise<Result<Value, OutsideFailure>>,
): Promise<Result<readonly [Value, Value], OutsideFailure>> => {
  const [left, right] = await Promise.all([ask(blue), ask(green)]);
  if (!left.ok) return left;
  return right.ok ? ok([left.value, right.value]) : right;
};

const byKey = (rows: readonly RowDigest[]): Digests => new Map(rows.map(({ key, digest }) => [key, digest]));

const unequal = (blue: Digests, green: Digests, keys: Iterable<string>): readonly Suspect[] =>
  [...new Set(keys)]
    .map((key) => ({ key, blue: blue.get(key) ?? null, green: green.get(key) ?? null }))
    .filter((of) => of.blue !== of.green);

const findSuspects = async (
  ports: CdcPorts,
  rows: TableRows,
): Promise<Result<{ readonly count: number; readonly suspects: readonly Suspect[] }, OutsideFailure>> => {
  const buckets = await both(ports.databases, (database) => database.bucketDigests(rows));
  if (!buckets.ok) return buckets;
  const [blue, green] = buckets.value;
  const counts = [blue, green].map((side) => [...side.values()].reduce((sum, { count }) => sum + count, 0));
  const differing = [...new Set([...blue.keys(), ...green.keys()])].filter(
    (bucket) =>
      blue.get(bucket)?.digest !== green.get(bucket)?.digest || blue.get(bucket)?.count !== green.get(bucket)?.count,
  );
  const suspects: Suspect[] = [];
  for (let at = 0; at < differing.length; at += BUCKETS_AT_ONCE) {
    const chunk = differing.slice(at, at + BUCKETS_AT_ONCE);
    const listed = await both(ports.databases, (database) => database.bucketRows(rows, chunk));
    if (!listed.ok) return listed;
    const [left, right] = listed.value.map(byKey) as [Digests, Digests];
    suspects.push(...unequal(left, right, [...left.keys(), ...right.keys()]));
  }
  return ok({ count: Math.max(...counts, 0), suspects });
};

const moved = (before: Suspect, after: Suspect): boolean => before.blue !== after.blue || before.green !== after.green;

const kindOf = ({ blue, green }: Suspect): Difference["kind"] => {
  if (green === null) return "missing-on-green";
  return blue === null ? "missing-on-blue" : "differs";
};

export interface ComparisonOptions {
  /** Streams to drain before suspects are read again: those that run. */
  readonly directions: readonly Direction[];
}

const settle = async (
  ports: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  rows: TableRows,
  first: readonly Suspect[],
  { directions }: ComparisonOptions,
): Promise<
  Result<{ readonly different: readonly Suspect[]; readonly unsettled: readonly Suspect[] }, OutsideFailure>
> => {
  let open = first;
  const different: Suspect[] = [];
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    for (const direction of directions) {
      const proof = await drain.prove(cutover, direction, DRAIN_MS);
      if (!proof.ok) return outsideFailure("refused", `${direction} is not drained: ${proof.failure.message}`);
    }
    const keys = open.map(({ key }) => key);
    const read = await both(ports.databases, (database) => database.rowsByKey(rows, keys));
    if (!read.ok) return read;
    const before = new Map(open.map((of) => [of.key, of]));
    const still = unequal(byKey(read.value[0]), byKey(read.value[1]), keys);
    const standing = still.filter((of) => !moved(before.get(of.key) ?? of, of));
    different.push(...standing);
    open = still.filter((of) => !standing.includes(of));
  }
  return ok({ different, unsettled: open });
};

/**
 * Compares every row of every table, by count and hash per key, while both sides may be written to. A row that differs
 * is only a suspect: it is read again after a drain proof, and counts when it still differs and neither side moved.
 */
export const compareSides = async (
  ports: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  options: ComparisonOptions,
): Promise<Result<Comparison, OutsideFailure>> => {
  const differences: Difference[] = [];
  const unsettled: { table: string; key: string }[] = [];
  let rowsCompared = 0;
  for (const { name, key } of cutover.tables) {
    const table = tableName(name);
    const columns = await both(ports.databases, (database) => database.columns(table));
    if (!columns.ok) return columns;
    if (columns.value[0].join() !== columns.value[1].join())
      return outsideFailure("refused", `the columns of ${name} differ: blue and green cannot be compared`);
    const rows: TableRows = { table, key, columns: columns.value[0] };
    const found = await findSuspects(ports, rows);
    if (!found.ok) return found;
    rowsCompared += found.value.count;
    const settled = await settle(ports, drain, cutover, rows, found.value.suspects, options);
    if (!settled.ok) return settled;
    differences.push(...settled.value.different.map((of) => ({ table: name, key: of.key, kind: kindOf(of) })));
    unsettled.push(...settled.value.unsettled.map((of) => ({ table: name, key: of.key })));
  }
  return ok({ rowsCompared, differences, unsettled });
};
