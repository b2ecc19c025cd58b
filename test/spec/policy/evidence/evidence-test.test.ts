import { describe, expect, it } from "vitest";
import {
  aboveLimit,
  belowLimit,
  eValue,
  logMeanExp,
  worseThanBlue,
} from "../../../../src/policy/operations/evidence/evidence-test.ts";

describe("a bet", () => {
  it("says nothing of a minute without a request, on either side that it compares", () => {
    expect(belowLimit(0.01).weigh([0, 0])).toBeNull();
    expect(aboveLimit(0.01).weigh([])).toBeNull();
    expect(worseThanBlue(2).weigh([3, 0, 0, 90])).toBeNull();
    expect(worseThanBlue(2).weigh([3, 90, 0, 0])).toBeNull();
    expect(worseThanBlue(2).weigh([])).toBeNull();
  });

  it("is fair: where the null hypothesis only just holds, one request wins as much as it loses", () => {
    const limit = 0.03;
    for (const test of [belowLimit(limit), aboveLimit(limit)]) {
      const [won = [], lost = []] = [test.weigh([0, 1]) ?? [], test.weigh([1, 1]) ?? []];
      expect(won).toHaveLength(4);
      for (const [index, log] of won.entries())
        expect((1 - limit) * Math.exp(log) + limit * Math.exp(lost[index] ?? 0)).toBeCloseTo(1, 12);
    }
  });

  it("is fair against blue: where green is just as bad as it may be, one error wins as much as it loses", () => {
    const [ratio, green, blue] = [1.5, 200, 600];
    const onGreen = (ratio * green) / (ratio * green + blue);
    const of = (errors: readonly [number, number]) =>
      worseThanBlue(ratio).weigh([errors[0], green, errors[1], blue]) ?? [];
    const [won, lost] = [of([1, 0]), of([0, 1])];
    expect(won).toHaveLength(5);
    for (const [index, log] of won.entries())
      expect(onGreen * Math.exp(log) + (1 - onGreen) * Math.exp(lost[index] ?? 0)).toBeCloseTo(1, 12);
  });

  it("counts a request that failed a minute later as one of that minute", () => {
    expect(belowLimit(0.01).weigh([3, 1])).toEqual(belowLimit(0.01).weigh([3, 3]));
    expect(aboveLimit(0.01).weigh([3])).toEqual(aboveLimit(0.01).weigh([3, 3]));
  });

  it("has as many answers as alternatives; of those to blue, what is above the ratio that is allowed", () => {
    for (const test of [belowLimit(0.01), aboveLimit(0.01)]) {
      expect(test.alternatives).toBe(4);
      expect(test.weigh([1, 100])).toHaveLength(4);
    }
    for (const [ratio, alternatives] of [
      [1, 5],
      [2, 4],
      [4.9, 3],
      [5, 2],
      [7.9, 2],
    ] as const) {
      expect(worseThanBlue(ratio).alternatives).toBe(alternatives);
      expect(worseThanBlue(ratio).weigh([1, 100, 1, 100])).toHaveLength(alternatives);
    }
  });

  it("starts again where it looks for harm, and not where it is a proof", () => {
    expect(belowLimit(0.01).restarts).toBe(false);
    expect(aboveLimit(0.01).restarts).toBe(true);
    expect(worseThanBlue(2).restarts).toBe(true);
  });
});

describe("the mean over the alternatives", () => {
  it.each<[readonly number[], number]>([
    [[0, Math.log(3)], Math.log(2)],
    [[1_000, 1_000], 1_000],
    [[1_000, 0], 1_000 - Math.LN2],
    [[-900, 0], -Math.LN2],
    [[-1_000, -1_000, -1_000], -1_000],
    [[Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], Number.NEGATIVE_INFINITY],
    [[0, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
  ])("of %j has the logarithm %f", (logs, log) => {
    if (Number.isFinite(log)) expect(logMeanExp(logs)).toBeCloseTo(log, 12);
    else expect(logMeanExp(logs)).toBe(log);
  });

  it("is 1 where nothing was bet, and never infinite", () => {
    expect(eValue([0, 0, 0])).toBe(1);
    expect(eValue([800, 0])).toBe(1e300);
  });
});
