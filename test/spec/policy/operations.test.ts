import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { epochMs } from "../../../src/kernel/units.ts";
import { type EvaluationLimits, evaluateRule } from "../../../src/policy/evaluate.ts";
import type { Evidence } from "../../../src/snapshot/snapshot.ts";
import { evidenceOf, NOW } from "../../support/evidence.ts";

const GATES: EvaluationLimits = { minCoverage: 0.9, newestMinute: "required" };
const ROLLBACK: EvaluationLimits = { minCoverage: 0.9, newestMinute: "optional" };

const resultOf = (rule: JsonValue, evidence: Evidence, limits = GATES) => evaluateRule(rule, evidence, limits).result;
const known = (value: JsonValue) => ({ kind: "known", value });
const unknown = (...reasons: readonly string[]) => ({ kind: "unknown", reasons });

const stat = (statistic: string, window: string): JsonValue => ({ stat: ["forward.lagSeconds", statistic, window] });
const TEN = evidenceOf({ "forward.lagSeconds": [2, 2.1, 1.9, 2.4, 2.2, 9, 2.5, 2.6, 2.4, 2.8] }, { minutes: 10 });

describe("stat", () => {
  it.each([
    ["max", 9],
    ["min", 1.9],
    ["avg", 2.99],
    ["p50", 2.4],
    ["p95", 9],
    ["sum", 29.9],
    ["last", 2.8],
    ["slope", 0.0857142857],
  ])("gives the %s of a window's minutes", (statistic, expected) => {
    const judged = resultOf(stat(statistic, "10m"), TEN);

    expect(judged.kind === "known" ? judged.value : judged).toBeCloseTo(expected, 9);
  });

  it("looks at the window's minutes alone", () => {
    expect(resultOf(stat("max", "4m"), TEN)).toEqual(known(2.8));
  });

  it("needs a value in enough of the minutes", () => {
    const evidence = evidenceOf({ "forward.lagSeconds": [1, null, 3] });

    expect(resultOf(stat("max", "3m"), evidence)).toEqual(
      unknown("max forward.lagSeconds over 3m: coverage 2/3 (not reported)"),
    );
  });

  it("counts a minute without a row as not observed", () => {
    const evidence = evidenceOf({ "forward.lagSeconds": 1 }, { missingRows: [1] });

    expect(resultOf(stat("max", "3m"), evidence)).toEqual(
      unknown("max forward.lagSeconds over 3m: coverage 2/3 (minute not observed)"),
    );
  });

  it("goes without one minute in ten at a coverage of 0.9", () => {
    const nine = evidenceOf({ "forward.lagSeconds": [1, 2, 3, 4, null, 6, 7, 8, 9, 5] }, { minutes: 10 });

    expect(resultOf(stat("max", "10m"), nine)).toEqual(known(9));
  });

  it("takes for the last no value from before a silence, however much of the window is covered", () => {
    const silent = evidenceOf({ "forward.lagSeconds": [...Array(9).fill(1), null] }, { minutes: 10 });
    const longer = evidenceOf({ "forward.lagSeconds": [...Array(28).fill(1), null, null] }, { minutes: 30 });

    expect(resultOf(stat("max", "10m"), silent)).toEqual(known(1));
    expect(resultOf(stat("last", "10m"), silent)).toEqual(
      unknown("last forward.lagSeconds over 10m: the newest minute has no value (not reported)"),
    );
    // Rollback rules look up to T, where the newest minute is on its way.
    expect(resultOf(stat("last", "10m"), silent, ROLLBACK)).toEqual(known(1));
    expect(resultOf(stat("last", "30m"), longer, ROLLBACK)).toMatchObject({ kind: "unknown" });
  });

  it("ignores the minutes after now, and those from before the window", () => {
    const { minutes, ...evidence } = evidenceOf({ "forward.lagSeconds": [99, 1, 2, 3] });
    const later = { at: NOW, readings: { values: { forward: { lagSeconds: 77 } }, absent: {} } };

    expect(resultOf(stat("max", "3m"), { ...evidence, minutes: [...minutes, later] })).toEqual(known(3));
  });

  it("gives of an even number the lower one of the middle, of slopes what lies between both", () => {
    const four = evidenceOf({ "forward.lagSeconds": [4, 1, 10, 7] });

    expect(["p50", "p95", "slope"].map((each) => resultOf(stat(each, "4m"), four))).toEqual([4, 10, 2].map(known));
  });

  it("reckons a slope by the minutes that lie between two values, and not by their number", () => {
    const gap = evidenceOf({ "forward.lagSeconds": [1, null, 5, 7] });
    const lenient = { ...GATES, minCoverage: 0.5 };

    expect(resultOf(stat("slope", "4m"), gap, lenient)).toEqual(known(2));
  });

  it("has no slope where one minute alone was seen, and says so", () => {
    const one = evidenceOf({ "forward.lagSeconds": [null, 5] });

    expect(resultOf(stat("slope", "2m"), one, { ...GATES, minCoverage: 0.5 })).toEqual(
      unknown("slope forward.lagSeconds over 2m: too few values for slope"),
    );
  });

  it("takes a text for no number", () => {
    const evidence = evidenceOf({ "forward.lagSeconds": "fast" });

    expect(resultOf(stat("max", "3m"), evidence)).toMatchObject({ kind: "unknown" });
  });

  it("has no slope of a single minute", () => {
    expect(resultOf(stat("slope", "1m"), TEN)).toMatchObject({
      kind: "unknown",
      reasons: [expect.stringContaining("a slope of 1m has no value: it takes two minutes at least")],
    });
  });
});

describe("the newest minute", () => {
  const late = evidenceOf({ "green.errors5xx": [4, 6, null], "green.requests": [50, 50, null] });
  const sum: JsonValue = { stat: ["green.errors5xx", "sum", "3m"] };

  it("counts for gates", () => {
    expect(resultOf(sum, late, GATES)).toMatchObject({ kind: "unknown" });
  });

  it("may still be on its way for rollback rules: it can only add", () => {
    expect(resultOf(sum, late, ROLLBACK)).toEqual(known(10));
    expect(resultOf({ rate: ["green.errors5xx", "green.requests", "3m"] }, late, ROLLBACK)).toEqual(known(0.1));
  });

  it("is the only one that may be missing", () => {
    const gap = evidenceOf({ "green.errors5xx": [4, null, 6] });

    expect(resultOf(sum, gap, ROLLBACK)).toMatchObject({ kind: "unknown" });
  });

  it("alone proves nothing when it is missing", () => {
    expect(resultOf({ stat: ["green.errors5xx", "sum", "1m"] }, late, ROLLBACK)).toMatchObject({ kind: "unknown" });
  });
});

describe("rate", () => {
  const rate: JsonValue = { rate: ["green.errors5xx", "green.requests", "3m"] };

  it("pools: a quiet minute weighs what it is worth", () => {
    const evidence = evidenceOf({ "green.errors5xx": [1, 0, 0], "green.requests": [1, 99, 100] });

    expect(resultOf(rate, evidence)).toEqual(known(0.005));
  });

  it("is unknown without requests", () => {
    const evidence = evidenceOf({ "green.errors5xx": 0, "green.requests": 0 });

    expect(resultOf(rate, evidence)).toEqual(unknown("green.errors5xx / green.requests over 3m: green.requests is 0"));
  });

  it("is unknown where it is beyond all numbers", () => {
    const evidence = evidenceOf({ "green.errors5xx": 1, "green.requests": 1e-320 });

    expect(resultOf(rate, evidence)).toEqual(
      unknown("green.errors5xx / green.requests over 3m: the rate has no value (not finite)"),
    );
  });

  it("does not take a minute with less than no errors for observed", () => {
    const evidence = evidenceOf({ "green.errors5xx": [0, -5, 0], "green.requests": 100 });

    expect(resultOf(rate, evidence).kind).toBe("unknown");
  });

  it("counts only minutes that have both", () => {
    const evidence = evidenceOf({ "green.errors5xx": [0, 0, 0], "green.requests": [10, null, 10] });

    expect(resultOf(rate, evidence)).toEqual(
      unknown("green.errors5xx / green.requests over 3m: coverage 2/3 (not reported)"),
    );
  });
});

describe("coverage", () => {
  it("is read by an operator as what it is the coverage of", () => {
    const { comparisons } = evaluateRule(
      { and: [{ ">=": [{ coverage: ["3m"] }, 0.9] }, { ">=": [{ coverage: ["green.requests", "3m"] }, 0.9] }] },
      evidenceOf({ "green.requests": 1 }),
      GATES,
    );

    expect(comparisons.map(({ what }) => what)).toEqual(["coverage over 3m", "coverage of green.requests over 3m"]);
  });

  const evidence = evidenceOf({ "green.requests": [5, null, 5, 5] }, { minutes: 4, missingRows: [0] });

  it("is the share of minutes that have a row, and never unknown", () => {
    expect(resultOf({ coverage: ["4m"] }, evidence)).toEqual(known(0.75));
    expect(resultOf({ coverage: "4m" }, evidence)).toEqual(known(0.75));
    expect(resultOf({ coverage: ["10m"] }, evidenceOf({}, { minutes: 0 }))).toEqual(known(0));
    expect(resultOf({ coverage: ["1m"] }, { ...evidence, now: epochMs(NOW + 30_000) })).toEqual(known(0));
  });

  it("of a signal is the share of minutes in which it has a value", () => {
    expect(resultOf({ coverage: ["green.requests", "4m"] }, evidence)).toEqual(known(0.5));
    expect(resultOf({ coverage: ["forward.state", "4m"] }, evidenceOf({ "forward.state": "RUNNING" }))).toEqual(
      known(1),
    );
  });
});

describe("window", () => {
  const everyMinute: JsonValue = { all: [{ window: ["3m"] }, { "<": [{ var: "forward.lagSeconds" }, 5] }] };

  it("holds when every observed minute holds", () => {
    expect(resultOf(everyMinute, evidenceOf({ "forward.lagSeconds": [9, 1, 2, 3] }))).toEqual(known(true));
  });

  it("fails on one bad minute, even where others were not observed", () => {
    expect(resultOf(everyMinute, evidenceOf({ "forward.lagSeconds": [1, 9, 1] }, { missingRows: [2] }))).toEqual(
      known(false),
    );
  });

  it("is unknown when too few minutes were observed", () => {
    expect(resultOf(everyMinute, evidenceOf({ "forward.lagSeconds": 1 }, { missingRows: [1] }))).toMatchObject({
      kind: "unknown",
    });
    expect(resultOf(everyMinute, evidenceOf({}, { minutes: 0 }))).toMatchObject({ kind: "unknown" });
  });

  const within = (minutes: number): JsonValue => ({
    all: [{ window: [`${minutes}m`] }, { "<": [{ var: "forward.lagSeconds" }, 5] }],
  });

  it("goes without one minute in ten at a coverage of 0.9, and not without two", () => {
    const good = { "forward.lagSeconds": 1 };

    expect(resultOf(within(10), evidenceOf(good, { minutes: 10, missingRows: [4] }))).toEqual(known(true));
    expect(resultOf(within(10), evidenceOf(good, { minutes: 10, missingRows: [4, 7] })).kind).toBe("unknown");
  });

  it("may lack its newest minute for a rollback rule alone, and none beside it", () => {
    const good = { "forward.lagSeconds": 1 };
    const judged = (missingRows: readonly number[], limits: EvaluationLimits) =>
      resultOf(within(3), evidenceOf(good, { missingRows }), limits).kind;

    expect(judged([0], ROLLBACK)).toBe("known");
    expect(judged([0], GATES)).toBe("unknown");
    expect(judged([1], ROLLBACK)).toBe("unknown");
    expect(judged([0, 1], ROLLBACK)).toBe("unknown");
  });

  it("says of which minutes a comparison speaks", () => {
    const { comparisons } = evaluateRule(within(3), evidenceOf({ "forward.lagSeconds": [1, 9, 1] }), GATES);

    expect(comparisons).toEqual([
      { what: "forward.lagSeconds in each minute of the last 3m", value: 9, operator: "<", threshold: 5, holds: false },
    ]);
  });
});

describe("age and known", () => {
  const evidence = evidenceOf({ "forward.lagSeconds": 1, "reverse.lagSeconds": [null] });
  const aged: Evidence = {
    ...evidence,
    current: { ...evidence.current, ageSeconds: { "forward.lagSeconds": 12 } },
  };

  it("gives the seconds since the newest value was read", () => {
    expect(resultOf({ age: ["forward.lagSeconds"] }, aged)).toEqual(known(12));
  });

  it("is unknown of what has no value, or of which nobody noted when", () => {
    const untold = (signal: string) => unknown(`age of ${signal} in seconds: nothing says when it was read`);

    expect(resultOf({ age: ["reverse.lagSeconds"] }, aged)).toEqual(untold("reverse.lagSeconds"));
    expect(resultOf({ age: ["forward.lagSeconds"] }, evidence)).toEqual(untold("forward.lagSeconds"));
  });

  it("takes an age from no prototype", () => {
    const ageSeconds: Record<string, number> = Object.create({ "forward.lagSeconds": 12 });
    const polluted: Evidence = { ...evidence, current: { ...evidence.current, ageSeconds } };

    expect(resultOf({ age: ["forward.lagSeconds"] }, polluted).kind).toBe("unknown");
  });

  it("is said as what is known", () => {
    const { comparisons } = evaluateRule({ "===": [{ known: ["forward.lagSeconds"] }, true] }, evidence, GATES);

    expect(comparisons.map(({ what }) => what)).toEqual(["forward.lagSeconds is known"]);
  });

  it("asks whether there is a value", () => {
    expect(resultOf({ known: ["forward.lagSeconds"] }, evidence)).toEqual(known(true));
    expect(resultOf({ known: ["reverse.lagSeconds"] }, evidence)).toEqual(known(false));
    expect(resultOf({ known: ["green.constructor"] }, evidence)).toEqual(known(false));
  });
});

describe("arguments", () => {
  it.each<[string, JsonValue]>([
    ["a computed window", { stat: ["forward.lagSeconds", "max", { var: "w" }] }],
    ["a window in seconds that is no whole minute", stat("max", "90s")],
    ["a window longer than the guard looks back", stat("max", "61m")],
    ["no window at all", { stat: ["forward.lagSeconds", "max"] }],
    ["an unknown statistic", stat("mean", "3m")],
    ["an operation inside all", { all: [{ window: ["3m"] }, { "<": [stat("max", "3m"), 5] }] }],
  ])("refuse %s", (_, rule) => {
    expect(resultOf(rule, TEN)).toMatchObject({ kind: "unknown", reasons: [expect.stringContaining("malformed")] });
  });

  it("take a minute written in seconds or an hour", () => {
    expect(resultOf(stat("last", "120s"), TEN)).toEqual(known(2.8));
    expect(resultOf({ coverage: ["1h"] }, { ...TEN, now: epochMs(NOW) })).toEqual(known(10 / 60));
  });
});
