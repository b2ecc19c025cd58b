/** One value, and how often it was measured. */
export interface Sample {
  readonly value: number;
  readonly count: number;
}

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p99` or `p99.9`. */
export type Statistic = (samples: readonly Sample[]) => number;

const count = (samples: readonly Sample[]): number => samples.reduce((total, sample) => total + sample.count, 0);
const sum = (samples: readonly Sample[]): number =>
  samples.reduce((total, sample) => total + sample.value * sample.count, 0);

const SIMPLE: Readonly<Record<string, Statistic>> = {
  Sum: sum,
  SampleCount: count,
  Average: (samples) => sum(samples) / count(samples),
  Minimum: (samples) => samples.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY),
  Maximum: (samples) => samples.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

/** The smallest value that at least this share of the samples does not exceed. */
const percentile =
  (percent: number): Statistic =>
  (samples) => {
    const sorted = [...samples].sort((one, other) => one.value - other.value);
    const rank = Math.max(1, Math.ceil((count(sorted) * percent) / 100));
    let seen = 0;
    for (const sample of sorted) {
      seen += sample.count;
      if (seen >= rank) return sample.value;
    }
    return Number.NaN;
  };

/** @returns what computes the statistic over one or more samples; undefined where the lab does not know it. */
export const statisticNamed = (name: string): Statistic | undefined => {
  const percent = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  return percent === undefined ? SIMPLE[name] : percentile(Number(percent));
};
