/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

/** Events of a given mean: by multiplication where it is small, by a rounded normal where nobody could tell. */
export const poisson = (uniform: Uniform, mean: number): number => {
  if (mean <= 0) return 0;
  if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(uniform)));
  const end = Math.exp(-Math.min(mean, 500));
  let count = 0;
  for (let product = uniform(); product > end; product *= uniform()) count += 1;
  return count;
};

const normal = (uniform: Uniform): number =>
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

/**
 * Errors of a minute. With `shock` 0 they are independent; else the minute's own rate is `mean` times a draw of mean 1 and
 * variance `shock`.
 */
export const errorsOf = (uniform: Uniform, mean: number, shock: number): number =>
  poisson(uniform, shock === 0 ? mean : mean * gamma(uniform, 1 / shock, shock));
