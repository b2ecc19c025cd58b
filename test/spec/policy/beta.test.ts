import { describe, expect, it } from "vitest";
import { betaQuantile, betaShare } from "../../../src/policy/operations/beta.ts";

const DIGITS = 10n ** 60n;

const choose = (from: number, count: number): bigint => {
  let ways = 1n;
  for (let index = 0; index < count; index += 1) ways = (ways * BigInt(from - index)) / BigInt(index + 1);
  return ways;
};

/** The chance of `a` or more hits in a + b − 1 draws with so many tenths each, which I_x(a, b) is: in whole numbers. */
const exactly = (tenths: number, a: number, b: number): number => {
  const draws = a + b - 1;
  let sum = 0n;
  for (let hits = a; hits <= draws; hits += 1)
    sum += choose(draws, hits) * BigInt(tenths) ** BigInt(hits) * BigInt(10 - tenths) ** BigInt(draws - hits);
  return Number((sum * DIGITS) / 10n ** BigInt(draws)) / Number(DIGITS);
};

describe("the incomplete beta function", () => {
  it.each([
    [1, 1, 1],
    [3, 5, 5],
    [7, 5, 5],
    [5, 3, 7],
    [5, 7, 3],
    [2, 9, 1],
    [5, 1, 9],
    [2, 10, 10],
    [8, 10, 10],
    [1, 30, 2],
    [9, 30, 2],
    [1, 50, 60],
    [5, 100, 100],
  ])("at %i tenths of (%i, %i) is the binomial sum, to twelve digits", (tenths, a, b) => {
    const exact = exactly(tenths, a, b);
    expect(Math.abs(betaShare(tenths / 10, a, b) - exact)).toBeLessThan(4e-13 * exact);
  });

  it("is nothing below 0, and all above 1", () => {
    expect([-1, 0, 1, 2].map((x) => betaShare(x, 2, 3))).toEqual([0, 0, 1, 1]);
  });

  it("has a value even where so many counts leave nothing of a denominator", () => {
    expect(betaShare(0.5, 1e16, 1e16)).toBeGreaterThanOrEqual(0);
  });
});

describe("its quantile", () => {
  it.each([
    [0.3, 1, 1, 0.3],
    [0.9, 1, 1, 0.9],
    [1e-12, 1, 1, 1e-12],
    [0.25, 2, 1, 0.5],
    [1e-30, 1, 2, 0.5e-30],
    [0.5, 40, 40, 0.5],
  ])("at %f of (%i, %i) is %f, to twelve digits", (share, a, b, x) => {
    expect(Math.abs(betaQuantile(share, a, b) - x)).toBeLessThan(1e-12 * x);
  });

  it("ends at either end", () => {
    expect(betaQuantile(0, 2, 3)).toBe(0);
    expect(betaQuantile(1.1, 2, 3)).toBe(1);
  });
});
