import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { compileLogic, MAX_DEPTH } from "../../../src/policy/logic/compile.ts";
import { STANDARD_LIMITS, walkPlan, walkRule } from "../../../src/policy/logic/walk.ts";
import { comesTo, comesToWithin, stepsFor } from "../../support/walked.ts";

const known = (value: JsonValue) => ({ kind: "known", value });

/** An expression, or a list, around `true`, as many levels deep. */
const nested = (levels: number, around: (inner: JsonValue) => JsonValue): JsonValue => {
  let rule: JsonValue = true;
  for (let level = 0; level < levels; level += 1) rule = around(rule);
  return rule;
};

describe("a rule that is no expression", () => {
  it.each<JsonValue>([true, false, 0, "text", null])("is its own value: %j", (rule) => {
    expect(comesTo(rule)).toBe(rule);
  });

  it.each([undefined, Symbol("a"), () => 1])("is unknown where it is not JSON: %s", (rule) => {
    expect(comesTo(rule)).toEqual(["not a JSON value"]);
  });

  it("is a list of what its parts come to, or unknown for every part that is", () => {
    expect(comesTo([1, { "+": [1, 1] }, [null]])).toEqual([1, 2, [null]]);
    expect(comesTo([1, { var: "a" }, { var: "b" }])).toEqual(["a: no value", "b: no value"]);
    expect(comesTo({ if: [[{ and: [{ var: "a" }, false] }], 1, 2] })).toEqual(["a: no value"]);
  });
});

describe("a malformed expression", () => {
  it.each<[JsonValue, string]>([
    [{ a: 1, b: 2 }, "an expression has exactly one operator"],
    [{}, "an expression has exactly one operator"],
    [{ bogus: [1] }, 'there is no operator "bogus"'],
    [{ "<": [1] }, "<: wrong number of operands"],
    [{ and: [] }, "and: no operands"],
    [{ or: [] }, "or: no operands"],
    [{ var: ["a", 1, 2] }, "var: takes a path and a default"],
    [{ missing_some: [1] }, "missing_some: wrong number of operands"],
    [{ missing_some: [1, ["a"], 2] }, "missing_some: wrong number of operands"],
  ])("makes the whole rule unknown, wherever it stands: %j", (malformed, why) => {
    expect(comesTo({ or: [true, malformed] })).toEqual([why]);
    expect(comesTo({ if: [true, 1, malformed] })).toEqual([why]);
    expect(comesTo([malformed])).toEqual([why]);
  });

  it("is said beside every other one, each reason once", () => {
    expect(comesTo({ and: [{ bogus: 1 }, {}, { bogus: 2 }, { "!": [] }] })).toEqual([
      'there is no operator "bogus"',
      "an expression has exactly one operator",
      "!: takes one operand",
    ]);
  });
});

describe("how deep a rule may be", () => {
  const deep = [`deeper than ${MAX_DEPTH} levels`];

  it("is 64 levels, of expressions as of lists", () => {
    expect(MAX_DEPTH).toBe(64);
    expect(comesTo(nested(MAX_DEPTH, (inner) => ({ "!!": [inner] })))).toBe(true);
    expect(comesTo(nested(MAX_DEPTH + 1, (inner) => ({ "!!": [inner] })))).toEqual(deep);
    expect(comesTo(nested(MAX_DEPTH, (inner) => [inner]))).not.toEqual(deep);
    expect(comesTo(nested(MAX_DEPTH + 1, (inner) => [inner]))).toEqual(deep);
  });

  it("makes unknown what needs the deeper part, and not what does without it", () => {
    expect(comesTo({ or: [true, nested(MAX_DEPTH + 1, (inner) => ({ "!!": [inner] }))] })).toBe(true);
  });
});

describe("the steps of a rule", () => {
  it("are one for each expression, each list and each var, and none for a literal", () => {
    expect(stepsFor(1)).toBe(0);
    expect(stepsFor([1, 2])).toBe(1);
    expect(stepsFor({ "+": [1, 2] })).toBe(1);
    expect(stepsFor({ var: "a" }, { a: 1 })).toBe(1);
    expect(stepsFor({ "+": [{ "-": [3, 1] }, { var: "a" }] }, { a: 1 })).toBe(3);
    expect(stepsFor({ in: [1, [1, 2]] })).toBe(3);
  });

  it.each<JsonValue>([[1], { "+": [1] }, { var: "a" }, { var: ["a", 1] }])(
    "leave it unknown where they have run out: %j",
    (rule) => {
      expect(comesToWithin({ maxSteps: 0 }, rule, { a: 1 })).toEqual(["more than 0 steps"]);
    },
  );

  it("are twenty thousand, and what an operator makes is ten thousand long, if nobody says otherwise", () => {
    expect(STANDARD_LIMITS).toEqual({ maxSteps: 20_000, maxSize: 10_000 });
  });
});

describe("the trace", () => {
  const traceOf = (rule: JsonValue, data: JsonValue = {}) => walkRule(rule, data).trace;

  it("has every expression above its operands, by its place in the rule, and no var", () => {
    expect(traceOf({ "!": { "!!": [{ "/": [4, { var: "a" }] }] } }, { a: 2 })).toEqual([
      { at: "/!", operands: [true], result: known(false) },
      { at: "/!/!!", operands: [2], result: known(true) },
      { at: "/!/!!/0/~1", operands: [4, 2], result: known(2) },
    ]);
  });

  it("names what stands in a list by its number", () => {
    expect(traceOf([1, { "+": [1, 1] }, [{ "-": [1] }]]).map(({ at }) => at)).toEqual(["/1/+", "/2/0/-"]);
  });

  it("shows an unknown operand, or one that is null, as null, and why a result is unknown", () => {
    expect(traceOf({ "==": [{ var: "gone" }, null] })).toEqual([
      { at: "/==", operands: [null, null], result: { kind: "unknown", reasons: ["gone: no value"] } },
    ]);
  });

  it("shows lists and objects as they are, and in words where they are too large", () => {
    const data = { small: [1], large: Array.from({ length: 10_000 }, () => 1), group: { a: "x".repeat(10_000) } };
    const words = "(a list of 10000, too large to show)";
    expect(traceOf({ log: [{ var: "small" }] }, data)).toEqual([{ at: "/log", operands: [[1]], result: known([1]) }]);
    expect(traceOf({ log: [{ var: "large" }] }, data)).toEqual([
      { at: "/log", operands: [words], result: known(words) },
    ]);
    expect(traceOf({ log: [{ var: "group" }, 1] }, data)).toMatchObject([
      { operands: ["(an object too large to show)", 1], result: known("(an object too large to show)") },
    ]);
    expect(comesTo({ log: [{ var: "large" }] }, data)).toHaveLength(10_000);
  });

  it("shows what holds ten thousand parts, and no more, but a text of any length", () => {
    const data = { list: Array.from({ length: 9_999 }, () => 1), text: "x".repeat(20_000) };
    expect(traceOf({ log: [{ var: "list" }] }, data)[0]?.operands).toEqual([data.list]);
    expect(traceOf({ log: [{ var: "text" }] }, data)).toEqual([
      { at: "/log", operands: [data.text], result: known(data.text) },
    ]);
  });

  it("ends after five hundred entries, and the rule is answered all the same", () => {
    const rule = { and: Array.from({ length: 600 }, (): JsonValue => ({ "!": [false] })) };
    const { trace, result } = walkRule(rule, {});
    expect(trace).toHaveLength(500);
    expect(trace[0]).toMatchObject({ at: "/and", result: known(true) });
    expect(trace.slice(1)).toEqual(
      Array.from({ length: 499 }, (_, index) => ({ at: `/and/${index}/!`, operands: [false], result: known(true) })),
    );
    expect(result).toEqual(known(true));
  });

  it("is without what no step was left for", () => {
    const plan = compileLogic({ and: [{ "!": [false] }, { "!": [true] }] });
    const { trace } = walkPlan(plan, {}, () => "no value", { maxSteps: 2, maxSize: 10 });
    expect(trace.map(({ at }) => at)).toEqual(["/and", "/and/0/!"]);
  });
});

describe("a path", () => {
  it("is called towards people what the caller calls it, in reasons as in comparisons", () => {
    const plan = compileLogic({ "<": [{ var: "facts.0" }, 1] }, (path) => (path === "facts.0" ? "max a" : path));
    const { result, comparisons } = walkPlan(plan, {}, (path) => `nothing at ${path}`);
    expect(result).toEqual({ kind: "unknown", reasons: ["max a: nothing at facts.0"] });
    expect(comparisons).toEqual([{ what: "max a", value: null, operator: "<", threshold: 1, holds: null }]);
  });

  it("to everything is called the element, and any other what it is", () => {
    expect(walkRule({ "<": [{ var: "" }, 1] }, 0).comparisons[0]?.what).toBe("the element");
    expect(walkRule({ "<": [{ var: "a.b" }, 1] }, {}).comparisons[0]?.what).toBe("a.b");
  });
});
