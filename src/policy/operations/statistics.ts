import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";

export interface Point {
  readonly at: EpochMs;
  readonly value: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Nearest rank: always a value that was really observed. */
const percentile = (values: readonly number[], share: number): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
};

const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length / 2)];
  return high === undefined ? null : ((sorted[Math.ceil(sorted.length / 2) - 1] ?? high) + high) / 2;
};

/** Theil–Sen: the median of all pairwise slopes, per minute. One wild point in ten hardly moves it. */
const slope = (points: readonly Point[]): number | null =>
  median(
    points.flatMap((earlier, index) =>
      points.slice(index + 1).map((later) => ((later.value - earlier.value) * MINUTE_MS) / (later.at - earlier.at)),
    ),
  );

type Statistic = (points: readonly Point[]) => number | null;

const ofValues =
  (compute: (values: readonly number[]) => number | null): Statistic =>
  (points) =>
    compute(points.map((point) => point.value));

/** Points are one a minute, oldest first, at least one; null where these points have no such statistic. */
export const STATISTICS: ReadonlyMap<string, Statistic> = new Map(
  Object.entries({
    max: ofValues((values) => Math.max(...values)),
    min: ofValues((values) => Math.min(...values)),
    avg: ofValues((values) => sum(values) / values.length),
    p50: ofValues((values) => percentile(values, 0.5)),
    p95: ofValues((values) => percentile(values, 0.95)),
    sum: ofValues(sum),
    last: ofValues((values) => values.at(-1) ?? null),
    slope,
  }),
);
