import type { Uniform } from "./random.ts";

/** Standard normal. */
export const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** Marsaglia and Tsang's method; shape and scale above 0. */
export const gamma = (uniform: Uniform, shape: number, scale: number): number => {
  if (shape < 1) return gamma(uniform, shape + 1, scale) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(uniform);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
  }
};

/** From this mean on a rejection is faster than a search through the counts. */
const SEARCHED = 30;

/** Events of a given mean, exact at any mean. */
export const poisson = (uniform: Uniform, mean: number): number => {
  if (mean <= 0) return 0;
  if (mean < SEARCHED) return searched(uniform, Math.exp(-mean), (count) => mean / count);
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const hat = { a: -0.059 + 0.02483 * b, b, height: 1.1239 + 1.1328 / (b - 3.4), center: mean + 0.43 };
  return rejected(uniform, hat, Number.POSITIVE_INFINITY, (count) => count * logMean - mean - logFactorial(count));
};

/** Successes among `trials`, exact at any size; `probability` from 0 to 1. */
export const binomial = (uniform: Uniform, trials: number, probability: number): number => {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability > 0.5) return trials - binomial(uniform, trials, 1 - probability);
  const odds = probability / (1 - probability);
  if (trials * probability < SEARCHED)
    return searched(uniform, (1 - probability) ** trials, (count) => (odds * (trials - count + 1)) / count);
  const spread = Math.sqrt(trials * probability * (1 - probability));
  const b = 1.15 + 2.53 * spread;
  const mode = Math.floor((trials + 1) * probability);
  const atMode = logFactorial(mode) + logFactorial(trials - mode);
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const hat = { a, b, height: (2.83 + 5.1 / b) * spread, center: trials * probability + 0.5 };
  const logOdds = Math.log(odds);
  return rejected(
    uniform,
    hat,
    trials,
    (count) => atMode - logFactorial(count) - logFactorial(trials - count) + (count - mode) * logOdds,
  );
};

/** Adds up probabilities from 0 on until they exceed one uniform number. `ratio`: of a count's to the one before it. */
const searched = (uniform: Uniform, none: number, ratio: (count: number) => number): number => {
  let left = uniform();
  let probability = none;
  let count = 0;
  while (left > probability && probability > 0) {
    left -= probability;
    count += 1;
    probability *= ratio(count);
  }
  return count;
};

/** Shape of the curve that proposals come from; fitted by Hörmann (1993). */
interface Hat {
  readonly a: number;
  readonly b: number;
  readonly height: number;
  readonly center: number;
}

/** Hörmann's transformed rejection: a count near the center, kept as often as its probability says. */
const rejected = (uniform: Uniform, hat: Hat, most: number, logProbability: (count: number) => number): number => {
  for (;;) {
    const u = uniform() - 0.5;
    const edge = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * hat.a) / edge + hat.b) * u + hat.center);
    if (!(count >= 0 && count <= most)) continue;
    const kept = ((1 - uniform()) * hat.height) / (hat.a / (edge * edge) + hat.b);
    if (Math.log(kept) <= logProbability(count)) return count;
  }
};

const HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI);
const LOG_FACTORIALS = Array.from({ length: 10 }, (_, k) => {
  let product = 1;
  for (let factor = 2; factor <= k; factor += 1) product *= factor;
  return Math.log(product);
});

/** ln k!, by Stirling's series from 10 on. */
const logFactorial = (k: number): number => {
  const exact = LOG_FACTORIALS[k];
  if (exact !== undefined) return exact;
  const x = k + 1;
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TAU + 1 / (12 * x) - 1 / (360 * x ** 3);
};
