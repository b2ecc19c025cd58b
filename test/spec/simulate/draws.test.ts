import { describe, expect, it } from "vitest";
import { draw, parseDistribution } from "../../../src/rehearsal/world/distribution.ts";
import { binomial, gamma, poisson } from "../../../src/rehearsal/world/draws.ts";
import { seedOf, uniformOf } from "../../../src/rehearsal/world/random.ts";

const DRAWS = 40_000;

/** Mean and variance of many draws, and how far a mean may be off by chance: five of its standard errors. */
const moments = (once: () => number) => {
  const drawn = Array.from({ length: DRAWS }, once);
  const mean = drawn.reduce((sum, each) => sum + each, 0) / DRAWS;
  const variance = drawn.reduce((sum, each) => sum + (each - mean) ** 2, 0) / DRAWS;
  return { mean, variance, error: 5 * Math.sqrt(variance / DRAWS) };
};

const uniform = uniformOf(seedOf(1));

describe("draws", () => {
  it.each([0.3, 5, 29, 31, 500, 14_400])("counts of mean %d have it as mean and as variance", (wanted) => {
    const { mean, variance, error } = moments(() => poisson(uniform, wanted));

    expect(Math.abs(mean - wanted)).toBeLessThan(error);
    expect(variance / wanted).toBeCloseTo(1, 1);
  });

  it.each([
    [10, 0.3],
    [1000, 0.01],
    [14_400, 0.005],
    [1000, 0.5],
    [40, 0.9],
  ])("successes among %d at %d", (trials, probability) => {
    const { mean, variance, error } = moments(() => binomial(uniform, trials, probability));

    expect(Math.abs(mean - trials * probability)).toBeLessThan(error);
    expect(variance / (trials * probability * (1 - probability))).toBeCloseTo(1, 1);
  });

  it("keeps within what can be", () => {
    for (let turn = 0; turn < 2_000; turn += 1) {
      const successes = binomial(uniform, 100, 0.97);
      expect(successes).toBeGreaterThanOrEqual(0);
      expect(successes).toBeLessThanOrEqual(100);
    }
    expect(binomial(uniform, 7, 1)).toBe(7);
    expect(binomial(uniform, 7, 0)).toBe(0);
    expect(poisson(uniform, 0)).toBe(0);
  });

  it("makes gamma of mean 1 out of shape and scale", () => {
    const { mean, variance, error } = moments(() => gamma(uniform, 0.25, 4));

    expect(Math.abs(mean - 1)).toBeLessThan(error);
    expect(variance / 4).toBeCloseTo(1, 0);
  });

  it("takes a distribution at its word", () => {
    const lag = parseDistribution("lognormal(1.5, 0.4)");
    if (lag === null) throw new Error("no distribution");
    const drawn = Array.from({ length: DRAWS }, () => draw(uniform, lag)).sort((a, b) => a - b);

    expect(drawn[DRAWS / 2]).toBeCloseTo(Math.exp(1.5), 0);
    expect(parseDistribution(2)).toEqual({ kind: "constant", parameters: [2] });
    for (const broken of [
      "",
      "lognormal",
      "lognormal()",
      "uniform(3,1)",
      "exponential(-1)",
      "constructor(1)",
      "uniform(1,x)",
    ])
      expect(parseDistribution(broken), broken).toBeNull();
  });

  it("has a generator of its own for every seed, run and minute, the same each time", () => {
    const firsts = new Set<number>();
    for (let run = 0; run < 100; run += 1)
      for (let minute = 0; minute < 100; minute += 1) firsts.add(uniformOf(seedOf(7, run, minute))());

    expect(firsts.size).toBeGreaterThan(9_990);
    expect(uniformOf(seedOf(7, 3, 4))()).toBe(uniformOf(seedOf(7, 3, 4))());
    expect(seedOf(3, 4)).not.toBe(seedOf(4, 3));
  });
});
