import { binomial, gamma, normal, poisson } from "./draws.ts";
import type { Uniform } from "./random.ts";
import type { SideTraits } from "./scenario.ts";
import type { MinuteTraits } from "./traits.ts";

/** What really happened on one side in one minute. */
export interface SideCounts {
  readonly requests: number;
  /** 5XX answered by its hosts. */
  readonly errors5xx: number;
  /** Requests that got no connection. */
  readonly refused: number;
  readonly p99Ms: number;
}

export interface MinuteCounts {
  readonly green: SideCounts;
  readonly blue: SideCounts;
}

/** Two draws of a p99 over the same traffic differ by about this share. */
const P99_SPREAD = 0.05;

/** Draws one minute of traffic, split by green's share of it, 0 to 1. */
export const minuteCounts = (uniform: Uniform, traits: MinuteTraits, greenShare: number): MinuteCounts => ({
  green: sideCounts(uniform, traits.green, traits.requestsPerMinute * greenShare),
  blue: sideCounts(uniform, traits.blue, traits.requestsPerMinute * (1 - greenShare)),
});

const sideCounts = (uniform: Uniform, traits: SideTraits, mean: number): SideCounts => {
  const requests = poisson(uniform, mean);
  const refused = binomial(uniform, requests, traits.refusedRate);
  const answered = requests - refused;
  const errors5xx = binomial(uniform, answered, Math.min(1, traits.errorRate * clump(uniform, traits, mean)));
  return { requests, errors5xx, refused, p99Ms: traits.p99Ms * Math.exp(P99_SPREAD * normal(uniform)) };
};

/**
 * The factor on a minute's error rate, of mean 1, that makes the variance of its errors `burstiness` times their mean:
 * gamma, so that the errors are negative binomial.
 */
const clump = (uniform: Uniform, { errorRate, burstiness }: SideTraits, mean: number): number => {
  const errors = mean * errorRate;
  if (burstiness <= 1 || errors <= 0) return 1;
  const scale = (burstiness - 1) / errors;
  return gamma(uniform, 1 / scale, scale);
};
