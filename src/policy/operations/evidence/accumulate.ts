import { type EpochMs, MINUTE_MS, minuteOf } from "../../../kernel/units.ts";
import type { SignalPath } from "../../../signals/catalogue.ts";
import type { Accumulator } from "../../../snapshot/evidence-state.ts";
import type { Evidence, Readings } from "../../../snapshot/snapshot.ts";
import { isCount, numberIn } from "../minutes.ts";
import type { EvidenceTest } from "./evidence-test.ts";

type Rows = Evidence["minutes"];

export const emptyAccumulator = ({ alternatives }: EvidenceTest, from: EpochMs): Accumulator => ({
  from,
  next: from,
  observed: 0,
  spoke: 0,
  logs: Array.from({ length: alternatives }, () => 0),
});

/** What was read of a minute; null where it was not observed. */
export const readingsAt = (rows: Rows, minute: EpochMs): Readings | null =>
  rows.findLast(({ at }) => at === minute)?.readings ?? null;

/** A minute's counts in the order of the paths, null where one of them is missing or is no count that is exact. */
export const countsIn = (readings: Readings | null, paths: readonly SignalPath[]): readonly number[] | null => {
  const counts: number[] = [];
  for (const path of paths) {
    const count = numberIn(readings, path);
    if (count === null || !isCount(count)) return null;
    counts.push(count);
  }
  return counts;
};

/**
 * One more observed minute, by what it adds to each logarithm, null where it says nothing. `burst` tempers it: clumped
 * errors are worth that many times less.
 */
export const addMinute = (
  test: EvidenceTest,
  sum: Accumulator,
  weights: readonly number[] | null,
  burst: number,
): Accumulator => {
  const observed = sum.observed + 1;
  if (weights === null) return { ...sum, observed };
  const start = (log: number): number => (test.restarts ? Math.max(log, 0) : log);
  const logs = sum.logs.map((log, index) => start(log) + (weights[index] ?? 0) / burst);
  return { ...sum, observed, spoke: sum.spoke + 1, logs };
};

/**
 * Consumes the minutes up to `until`, which is not one of them. Each minute counts once: what was consumed before is
 * passed over.
 */
export const consumeMinutes = (
  test: EvidenceTest,
  sum: Accumulator,
  rows: Rows,
  by: { readonly paths: readonly SignalPath[]; readonly until: EpochMs; readonly burst: number },
): Accumulator => {
  const until = minuteOf(by.until);
  if (until <= sum.next) return sum;
  let added = sum;
  for (let index = firstFrom(rows, sum.next); index < rows.length; index += 1) {
    const { at, readings } = rows[index] as Rows[number];
    if (at >= until) break;
    const counts = countsIn(readings, by.paths);
    if (counts !== null) added = addMinute(test, added, test.weigh(counts), by.burst);
  }
  return { ...added, next: until };
};

/** Rows are oldest first, and nearly always all but the last few have been consumed. */
export const firstFrom = (rows: Rows, next: EpochMs): number => rows.findLastIndex(({ at }) => at < next) + 1;

/** How many minutes there were to observe. */
export const expectedMinutes = ({ from, next }: Accumulator): number => Math.round((next - from) / MINUTE_MS);
