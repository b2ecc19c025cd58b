/** ln Γ(x) for x > 0: Stirling's series, whose first terms are exact enough from 10 on. */
const lnGamma = (x: number): number => {
  if (x < 10) return lnGamma(x + 1) - Math.log(x);
  const square = 1 / (x * x);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
};

/** Terms of the continued fraction; it needs about √max(a, b) of them. */
const MOST_TERMS = 100_000;
const NEGLIGIBLE = 1e-15;
const TINY = 1e-300;

const awayFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** The continued fraction of the incomplete beta function, by Lentz's method; quick where x ≤ (a + 1) / (a + b + 2). */
const fraction = (x: number, a: number, b: number): number => {
  let upper = 1;
  let lower = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = lower;
  for (let term = 1; term <= MOST_TERMS; term += 1) {
    const even = (term * (b - term) * x) / ((a + 2 * term - 1) * (a + 2 * term));
    lower = 1 / awayFromZero(1 + even * lower);
    upper = awayFromZero(1 + even / upper);
    value *= lower * upper;
    const odd = (-(a + term) * (a + b + term) * x) / ((a + 2 * term) * (a + 2 * term + 1));
    lower = 1 / awayFromZero(1 + odd * lower);
    upper = awayFromZero(1 + odd / upper);
    value *= lower * upper;
    if (Math.abs(lower * upper - 1) < NEGLIGIBLE) return value;
  }
  return value;
};

/** The regularised incomplete beta function I_x(a, b): the chance that a Beta(a, b) variable is at most x. */
export const betaShare = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // Stryker disable next-line ArithmeticOperator,EqualityOperator: beside the mean either fraction comes to the same
  const isBelowMean = x < (a + 1) / (a + b + 2);
  return isBelowMean ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
};

/** The x at which I_x(a, b) reaches `share`: by halves, until a double can hold nothing in between. */
export const betaQuantile = (share: number, a: number, b: number): number => {
  let [low, high] = [0, 1];
  for (let middle = 0.5; low < middle && middle < high; middle = (low + high) / 2) {
    if (betaShare(middle, a, b) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};
