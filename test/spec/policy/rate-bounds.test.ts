import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { evaluateRule } from "../../../src/policy/evaluate.ts";
import { betaShare } from "../../../src/policy/operations/beta.ts";
import { rateBound } from "../../../src/policy/operations/rates.ts";
import { evidenceOf, type Series } from "../../support/evidence.ts";

describe("the exact bounds of a rate", () => {
  it.each<[part: number, whole: number, confidence: number, expected: number]>([
    [0, 299, 0.95, 1 - 0.05 ** (1 / 299)],
    [0, 1, 0.95, 0.95],
    [0, 1_000_000, 0.99, 1 - 0.01 ** 1e-6],
    [1, 1, 0.95, 1],
    [1, 100, 0.95, 0.0465598],
    [5, 100, 0.975, 0.1128349],
    [10, 100, 0.975, 0.1762226],
    [50, 100, 0.975, 0.6016789],
    [95, 100, 0.975, 0.9835681],
  ])("upper of %i in %i at %f is %f", (part, whole, confidence, expected) => {
    expect(rateBound("upper", { part, whole }, confidence)).toBeCloseTo(expected, 7);
  });

  it.each<[part: number, whole: number, confidence: number, expected: number]>([
    [0, 299, 0.95, 0],
    [1, 1, 0.95, 0.05],
    [299, 299, 0.95, 0.05 ** (1 / 299)],
    [1, 100, 0.95, 1 - 0.95 ** (1 / 100)],
    [5, 100, 0.975, 0.0164319],
    [10, 100, 0.975, 0.0490047],
    [50, 100, 0.975, 0.3983211],
  ])("lower of %i in %i at %f is %f", (part, whole, confidence, expected) => {
    expect(rateBound("lower", { part, whole }, confidence)).toBeCloseTo(expected, 7);
  });

  it("invert the binomial distribution, whatever the counts", () => {
    for (const [part, whole] of [
      [3, 7],
      [0, 40],
      [17, 1_000],
      [900, 1_000],
      [12, 5_000_000],
      [2_500_000, 5_000_000],
    ] as const) {
      const upper = rateBound("upper", { part, whole }, 0.9);
      const lower = rateBound("lower", { part, whole }, 0.9);
      expect(betaShare(upper, part + 1, whole - part)).toBeCloseTo(0.9, 6);
      if (part > 0) expect(betaShare(lower, part, whole - part + 1)).toBeCloseTo(0.1, 6);
      expect(lower).toBeLessThanOrEqual(part / whole);
      expect(upper).toBeGreaterThan(part / whole);
    }
  });
});

describe("rate_upper and rate_lower", () => {
  const over = (rule: JsonValue, signals: Readonly<Record<string, Series>>) =>
    evaluateRule(rule, evidenceOf(signals), { minCoverage: 0.9, newestMinute: "required" });
  const upper = (confidence: JsonValue = 0.95): JsonValue => ({
    "<": [{ rate_upper: ["green.errors5xx", "green.requests", "3m", confidence] }, 0.01],
  });

  it("pool the window's counts, for one look", () => {
    expect(over(upper(), { "green.errors5xx": 0, "green.requests": 100 })).toMatchObject({
      result: { kind: "known", value: true },
      comparisons: [
        {
          what: "upper 95 % bound of green.errors5xx / green.requests over 3m",
          value: expect.closeTo(1 - 0.05 ** (1 / 300), 8),
        },
      ],
    });
    expect(over(upper(), { "green.errors5xx": [0, 0, 0, 0, 1], "green.requests": 100 }).result).toMatchObject({
      value: false,
    });
  });

  it.each<[what: string, signals: Readonly<Record<string, Series>>, reason: string]>([
    ["no requests", { "green.errors5xx": 0, "green.requests": 0 }, "green.requests is 0"],
    ["thin coverage", { "green.errors5xx": [0, null, 0], "green.requests": 9 }, "coverage"],
    ["less than none", { "green.errors5xx": -1, "green.requests": 4 }, "coverage"],
  ])("are unknown over %s", (_, signals, reason) => {
    expect(over(upper(), signals).result).toMatchObject({
      kind: "unknown",
      reasons: [expect.stringContaining(reason)],
    });
  });

  it.each<[what: string, signals: Readonly<Record<string, Series>>]>([
    ["more errors than requests", { "green.errors5xx": [0, 9, 9], "green.requests": 4 }],
    ["errors, and no request that was counted", { "green.errors5xx": 6, "green.requests": 0 }],
  ])("call it all that failed where there are %s: a gate fails, and a rollback rule fires", (_, signals) => {
    const lower: JsonValue = { ">=": [{ rate_lower: ["green.errors5xx", "green.requests", "3m", 0.95] }, 0.5] };
    expect(over(upper(), signals)).toMatchObject({ result: { value: false }, comparisons: [{ value: 1 }] });
    expect(over(lower, signals)).toMatchObject({
      result: { value: true },
      comparisons: [{ value: expect.closeTo(0.05 ** (1 / 18), 8) }],
    });
  });

  it("tell the lower bound from the upper one", () => {
    const lower: JsonValue = { ">": [{ rate_lower: ["green.errors5xx", "green.requests", "3m", 0.95] }, 0.01] };
    expect(over(lower, { "green.errors5xx": 100, "green.requests": 100 })).toMatchObject({
      result: { value: true },
      comparisons: [
        {
          what: "lower 95 % bound of green.errors5xx / green.requests over 3m",
          value: expect.closeTo(0.05 ** (1 / 300), 8),
        },
      ],
    });
  });

  it("take no minute for seen whose requests are no count", () => {
    expect(over(upper(), { "green.errors5xx": 0, "green.requests": [9, -9, 9] }).result).toMatchObject({
      reasons: [expect.stringContaining("coverage 2/3")],
    });
  });

  it.each<[JsonValue]>([[0], [1], [95], ["0.95"], [true]])("are refused with a confidence of %j", (confidence) => {
    expect(over(upper(confidence), { "green.errors5xx": 0, "green.requests": 9 }).result).toMatchObject({
      kind: "unknown",
      reasons: [expect.stringContaining("number between 0 and 1")],
    });
  });

  it("are unknown of more than double precision can tell apart, and known up to there", () => {
    const asked = (requests: number) =>
      evaluateRule(
        { "<": [{ rate_upper: ["green.errors5xx", "green.requests", "2m", 0.95] }, 1] },
        evidenceOf({ "green.errors5xx": 5e8, "green.requests": requests }, { minutes: 2 }),
        { minCoverage: 0.9, newestMinute: "required" },
      ).result;
    expect(asked(5e9)).toEqual({ kind: "known", value: true });
    const beyond = asked(5e9 + 1);
    expect(beyond.kind === "unknown" && beyond.reasons).toEqual([
      expect.stringMatching(/^upper 95 % bound .*: 10000000002 green.requests are too many for an exact bound$/),
    ]);
  });
});
