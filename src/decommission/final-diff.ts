import { type ComparedPiece, comparePiece } from "../cdc/diff.ts";
import type { ComparisonCursor } from "../cdc/diff-slices.ts";
import { DIRECTIONS } from "../cdc/names.ts";
import type { CdcPorts } from "../cdc/ports.ts";
import { strayRows } from "../cdc/stream-reading.ts";
import type { JsonObject } from "../kernel/json.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { type ActOutcome, failed, waiting } from "./acts.ts";

/** Real time. All of one part stays below what an invocation keeps free for its longest act; the rest is for later ones. */
const PACE = { readForMs: 6_000, queryMs: 8_000 };
const PART_MS = 20_000;
const STRAY_MS = durationMs(5_000);
const NAMED = 5;

/** null where nobody but the reverse stream writes on blue, whose fence is next. */
const strayWrites = async (cdc: CdcPorts, cutover: CutoverBindings): Promise<ActOutcome | null> => {
  const written = await strayRows(cdc, cutover, "forward", STRAY_MS);
  if (!written.ok) return waiting(`a look at who still writes on blue: ${written.failure.message}`);
  if (written.value === 0) return null;
  return failed(
    `${written.value} rows were written on blue in the last minute, and not by the reverse stream. Blue is about to be ` +
      "fenced, and whoever writes there past the load balancer would fail. Nothing was taken apart; find them " +
      "(`otherWriters` in cutover.json, pg_stat_activity on blue) and move them to green.",
  );
};

const orderOf = ({ tables }: CutoverBindings): string => tables.map(({ name }) => name).join();

/**
 * Where an earlier part ended, as the journal holds it; null where there was none, or where the bindings have other tables by
 * now, or the same in another order: nobody knows then which of these that part had compared.
 */
const cursorIn = (
  { table, side, after, rowsCompared, order }: JsonObject,
  cutover: CutoverBindings,
): ComparisonCursor | null =>
  order === orderOf(cutover) &&
  typeof table === "string" &&
  (side === "blue" || side === "green") &&
  (typeof after === "string" || after === null) &&
  typeof rowsCompared === "number"
    ? { table, side, after, rowsCompared }
    : null;

const outcomeOf = (
  { next, rowsCompared, differences, unsettled }: ComparedPiece,
  cutover: CutoverBindings,
  advice: string,
): ActOutcome => {
  if (differences.length > 0) {
    const named = differences.slice(0, NAMED).map(({ table, key, kind }) => `${table} ${key} ${kind}`);
    return failed(
      `${differences.length} of ${rowsCompared} rows differ after a drain (${named.join(", ")}). ${advice}`,
    );
  }
  if (unsettled.length > 0) return waiting(`${unsettled.length} rows that changed on every look`);
  if (next === null) return { kind: "done", detail: { rowsCompared } };
  return {
    kind: "partly",
    detail: { ...next, order: orderOf(cutover) },
    soFar: `${rowsCompared} rows are compared, ${next.table} is under way`,
  };
};

interface Comparing {
  readonly cdc: CdcPorts;
  readonly drain: DrainPort;
  readonly cutover: CutoverBindings;
  /** What an earlier part left in the journal. */
  readonly before: JsonObject;
  /** When the act began, by the stopwatch: one part stays within its time. */
  readonly startedAt: number;
}

const compareFrom = async (
  { cdc, drain, cutover, before, startedAt }: Comparing,
  directions: readonly Direction[],
  advice: string,
): Promise<ActOutcome> => {
  const withinMs = startedAt + PART_MS - cdc.stopwatch.elapsedMs();
  const compared = await comparePiece(cdc, drain, cutover, cursorIn(before, cutover), {
    directions,
    ...PACE,
    withinMs,
  });
  return compared.ok
    ? outcomeOf(compared.value, cutover, advice)
    : waiting(`the comparison: ${compared.failure.message}`);
};

/** Compares both sides, as much of them as one act may: how large they are then decides only how many minutes it takes. */
export const finalDiff = async (
  cdc: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  before: JsonObject,
): Promise<ActOutcome> => {
  const startedAt = cdc.stopwatch.elapsedMs();
  const stray = await strayWrites(cdc, cutover);
  if (stray !== null) return stray;
  return compareFrom(
    { cdc, drain, cutover, before, startedAt },
    DIRECTIONS,
    "Nothing was taken apart; compare both images and mend the row on the side that is wrong.",
  );
};

/**
 * What a drain of the forward stream proves, where it can no longer be drained: blue is fenced and stands still, so that
 * what it accepted last is on green if no row differs. Only reverse is drained, which carries on what green's users write.
 */
export const comparedInstead = async (comparing: Comparing, why: string): Promise<ActOutcome> => {
  const outcome = await compareFrom(
    comparing,
    ["reverse"],
    `${why} What blue accepted last may be on blue alone: write these rows on green. The next minute compares again.`,
  );
  return outcome.kind === "done" ? { ...outcome, detail: { ...outcome.detail, comparedBecause: why } } : outcome;
};
