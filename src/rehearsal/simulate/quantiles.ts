/** Minutes, or counts, of the runs that had any. */
export interface Spread {
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
}

/** The nearest-rank quantile of numbers in ascending order. @throws {RangeError} there are none. */
export const quantile = (ascending: readonly number[], share: number): number => {
  const value = ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
  if (value === undefined) throw new RangeError("no numbers to take a quantile of");
  return value;
};

const ascending = (numbers: readonly number[]): readonly number[] => numbers.toSorted((a, b) => a - b);

/** null where there are no numbers. */
export const spreadOf = (numbers: readonly number[]): Spread | null => {
  if (numbers.length === 0) return null;
  const sorted = ascending(numbers);
  return { p10: quantile(sorted, 0.1), median: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
};

export interface FanPoint {
  /** Since arming. */
  readonly minute: number;
  readonly p1: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export const fanPoint = (minute: number, numbers: readonly number[]): FanPoint => {
  const sorted = ascending(numbers);
  const at = (share: number) => quantile(sorted, share);
  return { minute, p1: at(0.01), p10: at(0.1), p50: at(0.5), p90: at(0.9), p99: at(0.99) };
};

/** Names and how often they occur, the most frequent first. */
export const tally = (names: readonly string[]): readonly { readonly what: string; readonly runs: number }[] => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([what, runs]) => ({ what, runs }))
    .sort((a, b) => b.runs - a.runs || (a.what < b.what ? -1 : 1));
};
