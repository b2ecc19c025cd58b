import { toIso } from "../../../kernel/instant.ts";
import { type EpochMs, earlier, epochMs, later, MINUTE_MS, minuteOf } from "../../../kernel/units.ts";
import type { SignalPath } from "../../../signals/catalogue.ts";
import type { Accumulator, RecentMinute } from "../../../snapshot/evidence-state.ts";
import { SNAPSHOT_MINUTES } from "../../../snapshot/freshness.ts";
import type { Evidence, Readings } from "../../../snapshot/snapshot.ts";
import { numberIn } from "../minutes.ts";
import { addMinute, countsIn, readingsAt } from "./accumulate.ts";
import type { EvidenceTest } from "./evidence-test.ts";
import type { EvidenceUse } from "./uses.ts";

type Rows = Evidence["minutes"];
type Counts = readonly number[];

/** The sum with its recent minutes added, each once and as the worst that it was known as. */
export const withRecent = (test: EvidenceTest, { recent = [], ...sum }: Accumulator, burst: number): Accumulator =>
  recent.reduce((added, minute) => addRecent(test, added, minute, burst), sum);

const addRecent = (test: EvidenceTest, sum: Accumulator, { seen }: RecentMinute, burst: number): Accumulator =>
  seen.length === 0 ? sum : addMinute(test, sum, worstWeights(test, seen), burst);

/** The worst that any reading of a minute adds, alternative by alternative; null where none says anything. */
const worstWeights = (test: EvidenceTest, seen: readonly Counts[]): Counts | null => {
  // Stryker disable next-line ConditionalExpression: nearly every minute is read once, and has its answer sooner
  if (seen.length === 1) return test.weigh(seen[0] as Counts);
  const weights = seen.map((counts) => test.weigh(counts));
  if (weights.every((each) => each === null)) return null;
  const worst = test.restarts ? Math.max : Math.min;
  return Array.from({ length: test.alternatives }, (_, index) => worst(...weights.map((each) => each?.[index] ?? 0)));
};

// Stryker disable all: a reading that is known changes no weight; this only finds it sooner
const sameCounts = (one: Counts, other: Counts): boolean => {
  for (let index = 0; index < one.length; index += 1) if (one[index] !== other[index]) return false;
  return true;
};
// Stryker restore all

const isWorse = (test: EvidenceTest, seen: readonly Counts[], counts: Counts): boolean => {
  // Stryker disable next-line ConditionalExpression: what is known changes no weight, and is told sooner
  for (const each of seen) if (sameCounts(each, counts)) return false;
  const before = worstWeights(test, seen);
  const after = worstWeights(test, [...seen, counts]);
  return after?.some((weight, index) => weight !== (before?.[index] ?? 0)) === true;
};

/**
 * The sum after one tick. A consumed minute that turns out worse takes back all that a proof had shown for green, and
 * counts as it would have in time; one that is better, or not known any more, stays what it was. A minute that nobody
 * has seen is waited for as long as a snapshot may hold it.
 */
export const advanceSum = (
  use: EvidenceUse,
  before: Accumulator,
  rows: Rows,
  by: { readonly tick: EpochMs; readonly until: EpochMs; readonly burst: number },
): { readonly sum: Accumulator; readonly corrections: readonly string[] } => {
  const corrections: string[] = [];
  const recent = (before.recent ?? []).map((minute): RecentMinute => {
    const { at, seen } = minute;
    const last = seen.at(-1);
    const readings = readingsAt(rows, at);
    // Stryker disable next-line ConditionalExpression: what is as it was is not worse, and is told sooner
    if (last !== undefined && isKnownAs(last, readings, use.paths)) return minute;
    const counts = countsIn(readings, use.paths);
    if (counts === null || (last !== undefined && !isWorse(use.test, seen, counts))) return minute;
    if (last !== undefined)
      corrections.push(`${use.key}: the minute of ${toIso(at)} got worse after it was final (${last} → ${counts})`);
    return { at, seen: [...seen, counts] };
  });
  const corrected = { ...before, recent };
  const standing =
    corrections.length > 0 && !use.test.restarts ? withoutProof(use.test, corrected, by.burst) : corrected;
  return { sum: settled(use.test, { ...standing, ...consumed(use, standing, rows, by) }, by), corrections };
};

// Stryker disable all: a reading that is known changes no weight; this only finds it sooner
const isKnownAs = (counts: Counts, readings: Readings | null, paths: EvidenceUse["paths"]): boolean => {
  for (let index = 0; index < paths.length; index += 1)
    if (numberIn(readings, paths[index] as SignalPath) !== counts[index]) return false;
  return true;
};
// Stryker restore all

/** A proof loses all that it had shown for green; what stands against green stays. */
const withoutProof = (test: EvidenceTest, sum: Accumulator, burst: number): Accumulator => {
  const { logs } = withRecent(test, sum, burst);
  return { ...sum, logs: sum.logs.map((log, index) => log - Math.max(0, logs[index] ?? 0)) };
};

const consumed = (
  { paths }: EvidenceUse,
  { recent = [], next }: Accumulator,
  rows: Rows,
  { tick, until }: { readonly tick: EpochMs; readonly until: EpochMs },
): Required<Pick<Accumulator, "recent" | "next">> => {
  const fresh: RecentMinute[] = [];
  const end = minuteOf(until);
  // Minutes that nobody saw, and no snapshot can show any more, say nothing: after a gap of years nobody goes through them.
  const shown = Math.min(rows[0]?.at ?? end, oldestShown(tick), end);
  let at = epochMs(Math.max(next, shown));
  for (; at < end; at = later(at, MINUTE_MS)) {
    const counts = countsIn(readingsAt(rows, at), paths);
    fresh.push({ at, seen: counts === null ? [] : [counts] });
  }
  return { recent: [...recent, ...fresh], next: at };
};

/** The oldest minute that the snapshot of the next tick may hold. */
const oldestShown = (tick: EpochMs): EpochMs => earlier(minuteOf(tick), (SNAPSHOT_MINUTES - 1) * MINUTE_MS);

/** Of what the tick after this one cannot hold, no snapshot will say anything new. */
const settled = (
  test: EvidenceTest,
  { recent = [], ...sum }: Accumulator,
  { tick, burst }: { readonly tick: EpochMs; readonly burst: number },
): Accumulator => {
  const first = oldestShown(tick);
  const over = recent.findLastIndex(({ at }) => at < first) + 1;
  const added = recent.slice(0, over).reduce((all, minute) => addRecent(test, all, minute, burst), sum);
  const left = recent.slice(over);
  return left.length === 0 ? added : { ...added, recent: left };
};
