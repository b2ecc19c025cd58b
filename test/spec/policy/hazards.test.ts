import jsonLogic from "json-logic-js";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { evaluateRule } from "../../../src/policy/evaluate.ts";
import { walkRule } from "../../../src/policy/logic/walk.ts";
import type { Readings } from "../../../src/snapshot/snapshot.ts";
import { NOW } from "../../support/evidence.ts";

const v = (path: string): JsonValue => ({ var: path });

const judgeOver = (rule: JsonValue, values: unknown) =>
  evaluateRule(
    rule,
    { now: NOW, current: { values: values as Readings["values"], absent: {} }, minutes: [] },
    { minCoverage: 0.9, newestMinute: "required" },
  ).result;

const isTrue = (judged: { kind: string; value?: unknown }): boolean => judged.kind === "known" && judged.value === true;

const FIVE_GATES: JsonValue = {
  and: [
    { "<": [v("forward.lagSeconds"), 10] },
    { "<": [v("green.p99Ms"), 400] },
    { "<=": [v("green.errors5xx"), 5] },
    { "!": [v("alarms.firing")] },
    { "!==": [v("forward.state"), "FAILED"] },
  ],
};
const LAG_BELOW_10: JsonValue = { "<": [v("forward.lagSeconds"), 10] };
const NOT_ABOVE_10: JsonValue = { "!": [{ ">": [v("green.errors5xx"), 10] }] };
const series = { samples: [{}, {}, {}] };
const lag = (value: unknown) => ({ forward: { lagSeconds: value } });

/** Each is called true by stock json-logic-js, and true is what promotes. */
const PROMOTES_WITH_STOCK: readonly (readonly [what: string, rule: JsonValue, data: unknown])[] = [
  ["five gates over nothing at all", FIVE_GATES, {}],
  ["five gates over null", FIVE_GATES, null],
  ["a missing lag is below 10", LAG_BELOW_10, {}],
  ["a null lag is below 10", LAG_BELOW_10, lag(null)],
  ["a misspelt signal is below 10", { "<": [v("forward.lagg"), 10] }, lag(9999)],
  ["a sane range does not protect", { "<=": [0, v("forward.lagSeconds"), 20] }, lag(null)],
  ["an absent alarm is no alarm", { "!": [v("alarms.firing")] }, {}],
  ["an absent state is not FAILED", { "!=": [v("forward.state"), "FAILED"] }, {}],
  ["nor strictly", { "!==": [v("forward.state"), "FAILED"] }, {}],
  [
    "a difference with green missing",
    { "<": [{ "-": [v("green.p99Ms"), v("blue.p99Ms")] }, 50] },
    { blue: { p99Ms: 200 } },
  ],
  [
    "a ratio with errors missing",
    { "<": [{ "/": [v("green.errors5xx"), v("green.requests")] }, 0.01] },
    { green: { requests: 1000 } },
  ],
  [
    "a rollback ratio over no requests is infinite",
    { ">": [{ "/": [3, v("green.requests")] }, 0.01] },
    { green: { requests: 0 } },
  ],
  ["a negated comparison of NaN", NOT_ABOVE_10, { green: { errors5xx: Number.NaN } }],
  ["a negated comparison of text", NOT_ABOVE_10, { green: { errors5xx: "n/a" } }],
  ["a negated comparison of nothing", NOT_ABOVE_10, {}],
  ["none of what is no list", { none: [v("alarms.list"), { "===": [v("state"), "ALARM"] }] }, {}],
  ["none of an object", { none: [v("alarms"), { "===": [v("state"), "ALARM"] }] }, { alarms: { a: 1 } }],
  ["all of three blind samples", { all: [v("samples"), { "<": [v("lag"), 10] }] }, series],
  [
    "a reduce over a missing list",
    { "<": [{ reduce: [v("samples.none"), { max: [v("current.lag"), v("accumulator")] }, 0] }, 10] },
    {},
  ],
  ["max of nothing", { "<": [{ max: [] }, 10] }, {}],
  ["nothing missing, but NaN", { "!": [{ missing: ["green.p99Ms"] }] }, { green: { p99Ms: Number.NaN } }],
  ["text compared as text", { "<": [v("forward.lagSeconds"), "20"] }, lag("100")],
  ["empty text below 10", LAG_BELOW_10, lag("")],
  ["false below 10", LAG_BELOW_10, lag(false)],
  ["an empty list below 10", LAG_BELOW_10, lag([])],
  ["a list of one below 10", LAG_BELOW_10, lag([3])],
  ["5min is 5", { "<": [{ "+": [v("forward.lagSeconds"), 0] }, 10] }, lag("5min")],
  ["empty text equals 0", { "==": [v("alarms.firing"), 0] }, { alarms: { firing: "" } }],
  ["[1] equals 1", { "==": [v("alarms.firing"), 1] }, { alarms: { firing: [1] } }],
  ["an object equals its text", { "==": [v("alarms.firing"), "[object Object]"] }, { alarms: { firing: {} } }],
  ["OK is in ALARM_OK", { in: ["OK", v("forward.state")] }, { forward: { state: "ALARM_OK" } }],
  ["a missing value is in a text with null", { in: [v("forward.state"), "null and void"] }, {}],
  ["one pair of brackets too many", [{ "<": [500, 10] }], {}],
  ["brackets inside and", { and: [[{ "<": [500, 10] }]] }, {}],
  ["a comment inside the expression", { "<": [500, 10], comment: "must be quick" } as JsonValue, {}],
  ["an empty expression", {}, {}],
  ["two operators in one object", { "<": [500, 10], ">": [1, 2] } as JsonValue, {}],
  ["a rule turned into text", '{"<":[500,10]}', {}],
  ["an unknown operator behind a deciding one", { or: [true, { bogus: 1 }] }, {}],
  ["the third operand of > is dropped", { ">": [30, 20, 25] }, {}],
  ["the fourth operand of < is dropped", { "<": [1, 2, 3, 0] }, {}],
  ["the third operand of == is dropped", { "==": [1, 1, 2] }, {}],
  ["the second operand of ! is ignored", { "!": [false, v("forward.lagSeconds")] }, {}],
  ["a default opens the gate", { "<": [{ var: ["forward.lagSeconds", 0] }, 10] }, {}],
  [
    "outer data is invisible inside all",
    { all: [v("samples"), { "<=": [v("limit"), v("lag")] }] },
    { limit: 5, samples: [{ lag: 1 }] },
  ],
  ["the constructor is there", { "!!": [v("constructor")] }, {}],
  ["so is its constructor", { "!!": [v("constructor.constructor")] }, {}],
  ["so is __proto__", { "!!": [v("__proto__")] }, {}],
  ["toString is not missing", { "!": [{ missing: ["toString"] }] }, {}],
  ["the whole data, by an empty path", { "!!": [v("")] }, { a: { b: 1 } }],
  ["text that says false", v("alarms.firing"), { alarms: { firing: "false" } }],
];

describe("what stock json-logic-js would promote", () => {
  it.each(PROMOTES_WITH_STOCK)("is not promoted: %s", (_, rule, data) => {
    expect(Boolean(jsonLogic.apply(rule, data)), "the hazard is real").toBe(true);

    expect(isTrue(judgeOver(rule, data ?? {}))).toBe(false);
  });

  it("takes no else branch because of missing data", () => {
    const rule: JsonValue = { if: [{ ">": [v("green.errors5xx"), 5] }, "rollback", "promote"] };
    expect(jsonLogic.apply(rule, {})).toBe("promote");

    expect(judgeOver(rule, {})).toMatchObject({ kind: "unknown" });
  });
});

/** Each is called false by stock, and so would never roll back; here it has to be unknown, which blindness counts. */
const SILENT_WITH_STOCK: readonly (readonly [what: string, rule: JsonValue, data: unknown])[] = [
  ["NaN above 10", { ">": [v("green.errors5xx"), 10] }, { green: { errors5xx: Number.NaN } }],
  ["NaN below 10", { "<": [v("green.errors5xx"), 10] }, { green: { errors5xx: Number.NaN } }],
  ["a raw attribute value", { ">": [v("green.errors5xx"), 10] }, { green: { errors5xx: { N: "500" } } }],
  ["text with a unit", { ">": [v("green.errors5xx"), 10] }, { green: { errors5xx: "500s" } }],
  ["some of no list", { some: [v("alarms.list"), { "==": [v("state"), "ALARM"] }] }, {}],
  ["max of a list that is not spread", { ">": [{ max: v("samples") }, 10] }, { samples: [1, 900] }],
  [
    "zero divided by zero",
    { ">": [{ "/": [v("green.errors5xx"), v("green.requests")] }, 0.1] },
    { green: { errors5xx: 0, requests: 0 } },
  ],
];

describe("what silences a rollback rule in stock json-logic-js", () => {
  it.each(SILENT_WITH_STOCK)("is unknown: %s", (_, rule, data) => {
    expect(Boolean(jsonLogic.apply(rule, data)), "the hazard is real").toBe(false);

    expect(judgeOver(rule, data)).toMatchObject({ kind: "unknown" });
    expect(walkRule(rule, data).result).toMatchObject({ kind: "unknown" });
  });
});

describe("what would run or exhaust something", () => {
  it("never evaluates data as logic", () => {
    const rule: JsonValue = { missing: v("keys") };
    const data = { keys: [{ log: "executed" }] };

    expect(judgeOver(rule, data)).toMatchObject({ kind: "unknown" });
    expect(walkRule(rule, data).result).toEqual({ kind: "unknown", reasons: ["missing: operand of the wrong type"] });
  });

  it("has no method and no operator from a prototype", () => {
    for (const operator of ["method", "toString", "constructor", "__proto__", "hasOwnProperty", "var.constructor"]) {
      const rule = JSON.parse(`{${JSON.stringify(operator)}: [1]}`) as JsonValue;
      expect(judgeOver(rule, {}), operator).toMatchObject({ kind: "unknown" });
      expect(walkRule(rule, {}).result, operator).toMatchObject({ kind: "unknown" });
    }
  });

  it("is unknown, and throws nothing, when a rule is nested without end", () => {
    const deep = JSON.parse(`${'{"!":['.repeat(50_000)}true${"]}".repeat(50_000)}`) as JsonValue;

    expect(judgeOver(deep, {})).toMatchObject({ kind: "unknown" });
    expect(walkRule(deep, {}).result).toMatchObject({ kind: "unknown" });
  });

  it("stops a short rule that would make a long text or a long list", () => {
    const doubled = (operator: "cat" | "merge", start: JsonValue): JsonValue => ({
      reduce: [
        Array.from({ length: 40 }, (_, index) => index),
        { [operator]: [v("accumulator"), v("accumulator")] },
        start,
      ],
    });

    expect(walkRule(doubled("cat", "x"), {}).result).toEqual({ kind: "unknown", reasons: ["cat: text too long"] });
    expect(walkRule(doubled("merge", [1]), {}).result).toEqual({ kind: "unknown", reasons: ["merge: list too long"] });
  });

  it("stops three nested maps over a hundred", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index);
    const rule = { map: [hundred, { map: [hundred, { map: [hundred, 1] }] }] };

    expect(walkRule(rule, {}).result).toMatchObject({ kind: "unknown" });
  });
});
