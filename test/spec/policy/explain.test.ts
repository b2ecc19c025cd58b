import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { evaluatePlain, NOTHING_OBSERVED, type Subject } from "../../../src/policy/evaluate-plain.ts";
import { minutesNeeded } from "../../../src/policy/explain/minutes-needed.ts";
import { belowLimit } from "../../../src/policy/operations/evidence/evidence-test.ts";

const LIMITS = { minCoverage: 0.9, newestMinute: "required" } as const;

const explained = (rule: JsonValue, subject: Partial<Subject>) =>
  evaluatePlain(rule, { ...NOTHING_OBSERVED, ...subject }, LIMITS).explain();

const A: JsonValue = { "<": [{ var: "a" }, 10] };
const B: JsonValue = { "<": [{ var: "b" }, 10] };
const C: JsonValue = { "===": [{ var: "c" }, "up"] };
const blockers = (rule: JsonValue, data: JsonValue) => explained(rule, { data }).blockers.map(({ at }) => at);

describe("blockers", () => {
  it.each<[what: string, rule: JsonValue, data: JsonValue, at: readonly string[]]>([
    ["every conjunct that is not true", { and: [A, B, C] }, { a: 99, c: "up" }, ["/and/0/<", "/and/1/<"]],
    ["of an or, one alone", { or: [A, C] }, { a: 99 }, ["/or/0/<"]],
    ["of an or, what takes least", { or: [{ and: [A, B] }, C] }, { a: 99, b: 99 }, ["/or/1/==="]],
    ["through a negation", { "!": [{ or: [A, B, C] }] }, { a: 1, b: 1, c: "down" }, ["/!/0/or/0/<", "/!/0/or/1/<"]],
    ["of what is true, what would end it", { and: [A, B] }, { a: 1, b: 1 }, ["/and/0/<"]],
    ["the rule itself", { var: "a" }, { a: 0 }, ["/var"]],
  ])("are the fewest that flip the verdict: %s", (_, rule, data, at) => {
    expect(blockers(rule, data)).toEqual(at);
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

  it("are exact from the beginning: 358 requests without an error prove a limit of one in a hundred", () => {
    expect(minutesNeeded(test, 1, { evidence: 1, threshold: 20 })).toBe(358);
    expect(minutesNeeded(test, 358, { evidence: 1, threshold: 20 })).toBe(1);
    expect(minutesNeeded(test, 15, { evidence: 1, threshold: 20 })).toBe(24);
  });

  it("are none where it is proven, and null where it cannot be", () => {
    expect(minutesNeeded(test, 15, { evidence: 20, threshold: 20 })).toBe(0);
    expect(minutesNeeded(test, 0, { evidence: 1, threshold: 20 })).toBeNull();
    expect(minutesNeeded(test, 15, { evidence: 0, threshold: 20 })).toBeNull();
  });

  const at = (minute: number) => epochMs(minute * MINUTE_MS);
  const over = (lookBack: string, requests: number) => {
    const rule: JsonValue = { ">=": [{ evidence_below: ["green.errors", "green.requests", 0.01, lookBack] }, 20] };
    const minutes = Array.from({ length: 5 }, (_, index) => ({
      at: at(100 + index),
      readings: { values: { green: { requests, errors: 0 } }, absent: {} },
    }));
    return explained(rule, { minutes, now: at(105) }).distances[0]?.proof;
  };

  it("are counted from the evidence and the traffic of now", () => {
    expect(over("step", 15)).toEqual({ minutes: 20, requestsPerMinute: 15 });
    expect(over("5m", 15)).toEqual({ minutes: null, requestsPerMinute: 15 });
    expect(over("step", 0)).toBeUndefined();
    expect(over("step", 1000)).toBeUndefined();
  });
});
