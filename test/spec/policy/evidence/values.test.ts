import { describe, expect, it } from "vitest";
import { evaluateRule } from "../../../../src/policy/evaluate.ts";
import type { Rule } from "../../../../src/policy/policy-file.ts";
import { type Counts, countsEvidence } from "../../../support/minute-counts.ts";

const GREEN = ["green.errors5xx", "green.requests"];
const BOTH = [...GREEN, "blue.errors5xx", "blue.requests"];

const evaluate = (rule: Rule, rows: readonly (Counts | null)[]) =>
  evaluateRule(rule, countsEvidence(rows), { minCoverage: 0.9, newestMinute: "required" }).result;

const eValueOf = (rule: Rule, rows: readonly (Counts | null)[]): number => {
  const result = evaluate(rule, rows);
  if (result.kind === "unknown" || typeof result.value !== "number") throw new Error(JSON.stringify(result));
  return result.value;
};

const COMPARED = "evidence green.errors5xx / green.requests above 1.25 times blue.errors5xx / blue.requests";

const worse = (minutes: number): Rule => ({ evidence_worse: [...BOTH, 1.25, `${minutes}m`] });
const below = (limit: number, minutes = 1): Rule => ({ evidence_below: [...GREEN, limit, `${minutes}m`] });
const above = (limit: number, minutes = 1): Rule => ({ evidence_above: [...GREEN, limit, `${minutes}m`] });

const QUIET: readonly Counts[] = [
  [150, 450, 1, 3],
  [148, 452, 0, 2],
  [151, 449, 1, 2],
  [150, 450, 0, 3],
];
const BAD: readonly Counts[] = [
  [150, 450, 4, 2],
  [150, 450, 3, 2],
  [149, 451, 5, 3],
];

describe("evidence that green is worse than blue", () => {
  it.each([
    [1, -0.95054554],
    [2, -1.06777063],
    [3, -0.5348901],
    [4, -1.43689621],
  ])("after %i quiet minutes has the published logarithm", (minutes, log) => {
    expect(Math.log(eValueOf(worse(minutes), QUIET.slice(0, minutes)))).toBeCloseTo(log, 8);
  });

  it.each([
    [1, 1.45209675],
    [2, 2.23967295],
    [3, 3.90236989],
  ])("after %i bad minutes has the published logarithm", (minutes, log) => {
    expect(Math.log(eValueOf(worse(minutes), BAD.slice(0, minutes)))).toBeCloseTo(log, 8);
  });

  it("is 1 where neither side has an error", () => {
    expect(
      eValueOf(worse(2), [
        [150, 450, 0, 0],
        [150, 450, 0, 0],
      ]),
    ).toBe(1);
  });

  it("is unknown where blue has no traffic: then there is nothing to compare with", () => {
    const rows: readonly Counts[] = [
      [100, 0, 3, 0],
      [100, 0, 2, 0],
    ];

    expect(evaluate(worse(2), rows)).toEqual({
      kind: "unknown",
      reasons: [`${COMPARED} over 2m: no minute has requests to weigh (green.requests and blue.requests)`],
    });
  });

  it("does not change in a minute without requests", () => {
    const gap: Counts = [0, 0, 0, 0];

    expect(eValueOf(worse(4), [...BAD, gap])).toBe(eValueOf(worse(3), BAD));
  });

  it("forgets good times: an hour of them does not delay the alarm", () => {
    const good = Array.from({ length: 50 }, (): Counts => [150, 450, 0, 3]);

    expect(eValueOf(worse(53), [...good, ...BAD])).toBeGreaterThan(0.9 * eValueOf(worse(3), BAD));
  });

  it("stays finite, whatever happens", () => {
    const gross = Array.from({ length: 60 }, (): Counts => [90_000, 10_000, 90_000, 0]);

    expect(eValueOf(worse(60), gross)).toBe(1e300);
  });
});

describe("evidence that the error rate is below a limit", () => {
  it.each([
    [[100, 0], 0.80332012],
    [[300, 0], 2.49451149],
    [[600, 1], 2.75856248],
    [[2250, 9], 4.10003449],
    [[2250, 30], -10.99680679],
  ] as const)("of %j has the published logarithm", ([requests, errors], log) => {
    expect(Math.log(eValueOf(below(0.01), [[requests, 0, errors, 0]]))).toBeCloseTo(log, 8);
  });

  it("is the same however the requests are spread over the minutes", () => {
    const spread: readonly Counts[] = [
      [100, 0, 0, 0],
      [200, 0, 1, 0],
      [300, 0, 0, 0],
    ];

    expect(Math.log(eValueOf(below(0.01, 3), spread))).toBeCloseTo(2.75856248, 8);
  });

  it("needs 358 requests without an error for twenty to one at 1 %", () => {
    expect(eValueOf(below(0.01), [[357, 0, 0, 0]])).toBeLessThan(20);
    expect(eValueOf(below(0.01), [[358, 0, 0, 0]])).toBeGreaterThanOrEqual(20);
  });

  it("does not forget: good minutes after bad ones have to make up for them", () => {
    const bad: Counts = [1000, 0, 40, 0];
    const good: Counts = [1000, 0, 0, 0];

    expect(eValueOf(below(0.01, 2), [bad, good])).toBeLessThan(eValueOf(below(0.01), [good]));
    expect(eValueOf(below(0.01, 2), [bad, good])).toBeLessThan(1);
  });

  it("is unknown without requests, and says so", () => {
    expect(evaluate(below(0.01), [[0, 500, 0, 0]])).toEqual({
      kind: "unknown",
      reasons: [
        "evidence green.errors5xx / green.requests below 0.01 over 1m: no minute has requests to weigh (green.requests)",
      ],
    });
  });
});

describe("evidence that the error rate is above a limit", () => {
  it("grows with errors beyond the limit, and falls to no less than one minute's worth without", () => {
    expect(eValueOf(above(0.01), [[1000, 0, 60, 0]])).toBeGreaterThan(1e6);
    expect(eValueOf(above(0.01), [[1000, 0, 10, 0]])).toBeLessThan(1);
    const good = Array.from({ length: 30 }, (): Counts => [1000, 0, 0, 0]);
    expect(eValueOf(above(0.01, 31), [...good, [1000, 0, 60, 0]])).toBeGreaterThan(1e6);
  });

  it("needs no traffic on blue", () => {
    expect(evaluate(above(0.02), [[600, 0, 0, 0]]).kind).toBe("known");
  });
});

describe("errors that come in clumps", () => {
  const clumped = Array.from({ length: 20 }, (_, index): Counts => [0, 600, 0, index % 10 === 0 ? 20 : 0]);
  const steady = Array.from({ length: 20 }, (_, index): Counts => [0, 600, 0, 2 + (index % 2)]);

  it("count for less, by as much as blue's own clump before green had traffic", () => {
    const plain = Math.log(eValueOf(worse(3), BAD));
    const tempered = Math.log(eValueOf(worse(23), [...clumped, ...BAD]));

    expect(tempered).toBeGreaterThan(0);
    expect(tempered).toBeLessThan(plain / 4);
  });

  it("leave steady errors their full weight", () => {
    expect(eValueOf(worse(23), [...steady, ...BAD])).toBeCloseTo(eValueOf(worse(3), BAD), 8);
  });

  it("say nothing of the clumping where they were seen for less than ten minutes", () => {
    expect(eValueOf(worse(12), [...clumped.slice(0, 9), ...BAD])).toBeCloseTo(eValueOf(worse(3), BAD), 8);
  });
});

describe("evidence over minutes that are missing", () => {
  it("is unknown where too few were seen", () => {
    const rows = [BAD[0] ?? null, null, BAD[1] ?? null];

    expect(evaluate(worse(3), rows)).toEqual({
      kind: "unknown",
      reasons: [`${COMPARED} over 3m: coverage 2/3 (minutes before were not observed)`],
    });
  });

  it("is unknown over nothing at all", () => {
    expect(evaluate(below(0.01, 5), []).kind).toBe("unknown");
  });
});

describe("what cannot be asked", () => {
  it.each<[string, Rule]>([
    ["a limit of 0", below(0)],
    ["a limit of 1", below(1)],
    ["a percentage", above(95)],
    ["a ratio as large as the alternatives", { evidence_worse: [...BOTH, 16, "5m"] }],
    ["a window in seconds", { evidence_below: [...GREEN, 0.01, "90s"] }],
    ["more than an hour", { evidence_below: [...GREEN, 0.01, "61m"] }],
    ["a computed limit", { evidence_below: [...GREEN, { "+": [0.005, 0.005] }, "5m"] }],
    ["blue's signals left out", { evidence_worse: [...GREEN, 1.25, "5m"] }],
  ])("is %s", (_, rule) => {
    const result = evaluate(rule, BAD);

    expect(result.kind).toBe("unknown");
    expect(result.kind === "unknown" && result.reasons[0]).toMatch(/^malformed at/);
  });
});
