import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { EvaluationLimits } from "../../../src/policy/evaluate.ts";
import { evaluatePlain, NOTHING_OBSERVED, type Subject } from "../../../src/policy/evaluate-plain.ts";
import { explainPlan } from "../../../src/policy/explain/explain.ts";
import { minutesNeeded } from "../../../src/policy/explain/minutes-needed.ts";
import { standingStored } from "../../../src/policy/explain/standing.ts";
import { belowLimit } from "../../../src/policy/operations/evidence/evidence-test.ts";
import { type EvidenceUse, evidenceUse } from "../../../src/policy/operations/evidence/uses.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { planRule, type RulePlan } from "../../../src/policy/plan-rule.ts";

const LIMITS: EvaluationLimits = { minCoverage: 0.9, newestMinute: "required" };

const explained = (rule: JsonValue, subject: Partial<Subject>, minCoverage = LIMITS.minCoverage) =>
  evaluatePlain(rule, { ...NOTHING_OBSERVED, ...subject }, { ...LIMITS, minCoverage }).explain();

const A: JsonValue = { "<": [{ var: "a" }, 10] };
const B: JsonValue = { "<": [{ var: "b" }, 10] };
const C: JsonValue = { "===": [{ var: "c" }, "up"] };
const blockers = (rule: JsonValue, data: JsonValue) => explained(rule, { data }).blockers.map(({ at }) => at);

describe("blockers", () => {
  it.each<[what: string, rule: JsonValue, data: JsonValue, at: readonly string[]]>([
    ["every conjunct that is not true", { and: [A, B, C] }, { a: 99, c: "up" }, ["/and/0/<", "/and/1/<"]],
    ["of an or, one alone", { or: [A, C] }, { a: 99 }, ["/or/0/<"]],
    ["of an or, what takes least", { or: [{ and: [A, B] }, C] }, { a: 99, b: 99 }, ["/or/1/==="]],
    [
      "of an or, of as many the nearest",
      { or: [{ ">": [{ var: "a" }, 10] }, { "<=": [{ var: "b" }, 3] }] },
      { a: 4, b: 3.5 },
      ["/or/1/<="],
    ],
    ["of an or, what is known before what is not", { or: [{ ">": [{ var: "c" }, 10] }, A] }, { a: 99 }, ["/or/1/<"]],
    ["through a negation", { "!": [{ or: [A, B, C] }] }, { a: 1, b: 1, c: "down" }, ["/!/0/or/0/<", "/!/0/or/1/<"]],
    ["of what is true, what would end it", { and: [A, B] }, { a: 1, b: 1 }, ["/and/0/<"]],
    ["the rule itself", { var: "a" }, { a: 0 }, ["/var"]],
  ])("are the fewest that flip the verdict: %s", (_, rule, data, at) => {
    expect(blockers(rule, data)).toEqual(at);
  });

  it("are pointed at in the rule as it was written, and not in the one with its operations computed", () => {
    const rule: JsonValue = { and: [{ known: ["gone"] }, { "!": [{ known: ["a"] }] }, { var: "facts.0" }] };

    expect(blockers(rule, { a: 1 })).toEqual(["/and/0/known", "/and/1/!/0/known", "/and/2/var"]);
    expect(blockers({ coverage: ["a", "3m"] }, {})).toEqual(["/coverage"]);
    expect(blockers({ var: { toString: [1] } }, {})).toEqual(["/var"]);
  });

  it("name what has a path that is no path", () => {
    const rule: JsonValue = { "<": [{ var: { toString: [1] } }, 10] };

    expect(explained(rule, { data: {} }).blockers).toMatchObject([{ at: "/<", value: null }]);
  });

  it("say what is unknown, and why", () => {
    expect(explained({ and: [A, B] }, { data: { a: 3 } }).blockers).toMatchObject([
      { at: "/and/1/<", what: "b < 10", value: null, reasons: ["b: no value"] },
    ]);
  });
});

describe("the distance to a threshold", () => {
  it.each<[rule: JsonValue, value: number, margin: number | null]>([
    [{ "<": [{ var: "a" }, 10] }, 3, 7],
    [{ "<": [{ var: "a" }, 10] }, 12, -2],
    [{ ">=": [{ var: "a" }, 10] }, 12, 2],
    [{ ">": [10, { var: "a" }] }, 12, -2],
    [{ "===": [{ var: "a" }, 10] }, 7, -3],
    [{ "!": [{ ">": [{ var: "a" }, 10] }] }, 12, -2],
  ])("of %j at %i is %s", (rule, a, margin) => {
    expect(explained(rule, { data: { a } }).distances).toMatchObject([{ what: "a", value: a, threshold: 10, margin }]);
  });

  it("is none where there is no value", () => {
    expect(explained(A, { data: {} }).distances).toMatchObject([{ value: null, holds: null, margin: null }]);
  });
});

describe("the minutes a proof still needs", () => {
  const test = belowLimit(0.01);
  const NOTHING = { logs: [0, 0, 0, 0], burst: 1, threshold: 20 };

  it("are exact from the beginning: 358 requests without an error prove a limit of one in a hundred", () => {
    expect(minutesNeeded(test, 1, NOTHING)).toBe(358);
    expect(minutesNeeded(test, 358, NOTHING)).toBe(1);
    expect(minutesNeeded(test, 15, NOTHING)).toBe(24);
  });

  it("are six times as many where the burst factor is 6", () => {
    expect(minutesNeeded(test, 1, { ...NOTHING, burst: 6 })).toBe(6 * 358 - 4);
  });

  it("are none where it is proven, and null where it cannot be", () => {
    expect(minutesNeeded(test, 15, { ...NOTHING, logs: [3, 3, 3, 3] })).toBe(0);
    expect(minutesNeeded(test, 0, NOTHING)).toBeNull();
    expect(minutesNeeded(test, 15, { ...NOTHING, logs: [-1e9, -1e9, -1e9, -1e9] })).toBeNull();
  });

  const START = 100;
  const at = (minute: number) => epochMs((START + minute) * MINUTE_MS);
  const rule = (lookBack: string): JsonValue => ({
    ">=": [{ evidence_below: ["green.errors", "green.requests", 0.01, lookBack] }, 20],
  });
  const minutesOf = (errors: readonly number[], requests: number) =>
    errors.map((each, index) => ({
      at: at(index),
      readings: { values: { green: { requests, errors: each } }, absent: {} },
    }));
  const proofOf = (lookBack: string, errors: readonly number[], requests = 15) =>
    explained(rule(lookBack), { minutes: minutesOf(errors, requests), now: at(errors.length) }, 0).distances[0]?.proof;

  it("are counted from the evidence and the traffic of now", () => {
    expect(proofOf("step", [0, 0, 0, 0, 0])).toEqual({ minutes: 19, requestsPerMinute: 15, bound: "exact" });
    expect(proofOf("5m", [0, 0, 0, 0, 0])).toEqual({ minutes: null, requestsPerMinute: 15, bound: "exact" });
    expect(proofOf("step", [0, 0, 0, 0, 0], 0)).toBeUndefined();
    expect(proofOf("step", [0, 0, 0, 0, 0], 1000)).toBeUndefined();
  });

  it.each(["step", "10m"])(
    "come true: with as many clean minutes as are said over %s, and not with fewer, it is proven",
    (lookBack) => {
      for (const errors of [
        [0],
        [0, 1, 0],
        [3, 0, 0, 0, 0, 0],
        [0, 0, 2, 1, 0],
        [9],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 40],
      ]) {
        const { minutes } = proofOf(lookBack, errors, 60) ?? { minutes: null };
        const value = (more: number) => {
          const all = [...errors, ...Array.from({ length: more }, () => 0)];
          return evaluatePlain(
            rule(lookBack),
            { minutes: minutesOf(all, 60), now: at(all.length) },
            { ...LIMITS, minCoverage: 0 },
          ).result;
        };

        expect(minutes).toBeGreaterThan(0);
        expect(value(minutes ?? 0)).toEqual({ kind: "known", value: true });
        expect(value((minutes ?? 0) - 1)).toEqual({ kind: "known", value: false });
      }
    },
  );

  it("are the window's length at the latest where its minutes are not stored, and nobody's where its sum is not", () => {
    const plan = planRule(rule("10m"), STANDARD_OPERATIONS) as RulePlan;
    const left = (requests: number) =>
      explainPlan(plan, {
        data: { green: { requests }, facts: { 0: 1 } },
        whyAbsent: () => "no value",
        standingOf: standingStored({ burst: { "blue.errors": 2 } }),
      }).distances[0]?.proof;

    expect(left(100)).toEqual({ minutes: 10, requestsPerMinute: 100, bound: "latest" });
    expect(left(60)).toEqual({ minutes: null, requestsPerMinute: 60, bound: "latest" });
    expect(standingStored({})(evidenceUse("evidence_below", ["a", "b", 0.01, "step"]) as EvidenceUse)).toBeNull();
  });
});
