import jsonLogic from "json-logic-js";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { evaluatePlain, NOTHING_OBSERVED } from "../../../src/policy/evaluate-plain.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { shapeProblems } from "../../../src/policy/shape.ts";

const v = (path: string): JsonValue => ({ var: path });
const x = (value: unknown) => ({ x: value });
const below = (limit: JsonValue): JsonValue => ({ "<": [v("x"), limit] });

const evaluate = (rule: JsonValue, data: unknown) =>
  evaluatePlain(rule, { ...NOTHING_OBSERVED, data: data as JsonValue }, { minCoverage: 0.9, newestMinute: "required" });

const stockSays = (rule: JsonValue, data: unknown): unknown => {
  try {
    return jsonLogic.apply(rule, data);
  } catch {
    return "throws";
  }
};

type Hazard = readonly [what: string, rule: JsonValue, data: unknown, stock: unknown];

/** Beside those of hazards.test.ts: what stock answers is no answer, and here it is unknown. */
const MADE_UP: readonly Hazard[] = [
  // Missing, null, NaN.
  ["a false rollback with blue missing", { ">": [{ "-": [v("green"), v("blue")] }, 50] }, { green: 200 }, true],
  ["none of a text", { none: [v("x"), { "===": [v("state"), "ALARM"] }] }, x("ALARM"), true],
  ["else because of NaN", { if: [{ ">": [v("x"), 5] }, "rollback", "promote"] }, x(Number.NaN), "promote"],
  ["a sum with something missing", { "+": [v("x"), 1] }, {}, Number.NaN],
  ["a product of something missing", { "*": [v("x")] }, {}, null],
  // Types and coercion.
  ["texts in the order of texts", { ">": [v("x"), "10"] }, x("9"), true],
  ["a blank below 10", below(10), x(" "), true],
  ["a raw attribute value below", below(1000), x({ N: "500" }), false],
  ["texts added by their digits", { "+": [v("x"), "3s"] }, x("12abc"), 15],
  ["more than a number can hold", { ">": [v("x"), 10] }, x(JSON.parse("1e400")), true],
  ["instants with offsets, as texts", below("2026-01-05T11:30:00Z"), x("2026-01-05T12:00:00+02:00"), false],
  ["a big integer", below(10), x(1n), true],
  ["0 and no text are equal", { "==": [v("x"), ""] }, x(0), true],
  ["0 and its text are equal", { "==": [v("x"), "0"] }, x(0), true],
  ["0 and false are equal", { "==": [v("x"), false] }, x(0), true],
  ["no text and false are equal", { "==": [v("x"), false] }, x(""), true],
  ["an empty list and 0 are equal", { "==": [v("x"), 0] }, x([]), true],
  ["an empty list and false are equal", { "==": [v("x"), false] }, x([]), true],
  ["a text and true are equal", { "==": [v("x"), true] }, x("1"), true],
  ["null and 0 are not equal", { "!=": [v("x"), 0] }, x(null), true],
  ["the same list is not equal to itself", { "!==": [[1], [1]] }, {}, true],
  ["nothing is in every text", { in: [v("gone"), "null"] }, {}, true],
  // Truth and shape.
  ["no operands", { and: [] }, {}, undefined],
  ["an object that is true", { "!!": [{ a: 1, b: 2 }] }, {}, true],
  // Operators and arity.
  ["an unknown operator behind a false", { and: [false, { bogus: 1 }] }, {}, false],
  ["an unknown operator behind a true", { or: [true, { bogus: 1 }] }, {}, true],
  ["an unknown operator in the arm not taken", { if: [true, true, { bogus: 1 }] }, {}, true],
  ["one operand", { "<": [1] }, {}, false],
  ["a third operand of a difference", { "-": [3, 1, 9] }, {}, 2],
  ["a range without its upper end", { "<": [1, 2, v("x")] }, {}, false],
  ["a product of nothing", { "*": [] }, {}, "throws"],
  ["a default is not taken for null", { "<": [{ var: ["x", 99] }, 10] }, x(null), true],
  ["a key with a dot", { "!": [v("a.b")] }, { "a.b": 1 }, true],
  // Prototypes.
  ["what a list inherits", { ">": [v("x.length"), 1] }, x([1, 2]), true],
  ["what a text inherits", { ">": [v("x.length"), 1] }, x("ab"), true],
];

describe("what stock json-logic-js makes up", () => {
  it.each(MADE_UP)("is unknown: %s", (_, rule, data, stock) => {
    expect(stockSays(rule, data), "the hazard is real").toEqual(stock);

    expect(evaluate(rule, data)).toMatchObject({ result: { kind: "unknown" }, disagreement: null });
  });

  it("stays what it is where it is exact: a sum of doubles, a text that says false", () => {
    expect(evaluate({ "<=": [{ "+": [0.1, 0.2] }, 0.3] }, {}).result).toMatchObject({ value: false });
    for (const text of ["0", "false"])
      expect(evaluate({ "!!": [v("x")] }, x(text)).result).toMatchObject({ value: true });
    expect(evaluate({ "!!": [[[]]] }, {}).result).toMatchObject({ value: true });
    expect(evaluate({ "!!": [[]] }, {}).result).toMatchObject({ value: false });
  });
});

describe("what has changed for the whole process", () => {
  const stock = jsonLogic as unknown as {
    add_operation(name: string, code: unknown): void;
    rm_operation(name: string): void;
  };
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  afterEach(() => {
    delete prototype["x"];
    stock.rm_operation("asyncOp");
    stock.rm_operation("Math");
    stock.add_operation("<", (a: number, b: number) => a < b);
  });

  it("is no signal: a polluted prototype", () => {
    prototype["x"] = 1;
    expect(jsonLogic.apply(below(10), {}), "the hazard is real").toBe(true);

    expect(evaluate(below(10), {}).result).toEqual({ kind: "unknown", reasons: ["x: no value"] });
  });

  it("is no operator: what somebody has registered, promises included", () => {
    stock.add_operation("asyncOp", async () => false);
    stock.add_operation("Math", Math);
    const rule: JsonValue = { and: [true, { asyncOp: [] }] };
    expect(Boolean(jsonLogic.apply(rule, {})), "the hazard is real").toBe(true);

    expect(evaluate(rule, {}).result).toEqual({ kind: "unknown", reasons: ['there is no operator "asyncOp"'] });
    expect(evaluate({ "Math.random": [] }, {}).result).toMatchObject({ kind: "unknown" });
  });

  it("is a disagreement: an operator that was replaced", () => {
    stock.add_operation("<", () => true);

    expect(evaluate(below(10), x(99))).toMatchObject({
      result: { kind: "unknown" },
      disagreement: "our judge says false, json-logic-js says true",
    });
  });

  it("does not reach the data: they are the same after it", () => {
    const data = { list: [3, 1, 2], x: { y: 1 } };
    evaluate({ and: [{ merge: [v("list"), v("list")] }, { filter: [v("list"), { ">": [v(""), 1] }] }, v("")] }, data);

    expect(data).toEqual({ list: [3, 1, 2], x: { y: 1 } });
  });
});

describe("what is too deep or too large", () => {
  const nested = (operator: string, levels: number): JsonValue =>
    JSON.parse(`${`{"${operator}":[`.repeat(levels)}true${"]}".repeat(levels)}`) as JsonValue;

  it.each(["!", "and", "if"])("is refused at 65 levels of %s, and taken at 64", (operator) => {
    expect(shapeProblems(nested(operator, 65), STANDARD_OPERATIONS)[0]?.message).toBe("nested deeper than 64 levels");
    expect(evaluate(nested(operator, 64), {}).result).toMatchObject({ value: true });
    expect(evaluate(nested(operator, 5_000), {}).result).toMatchObject({ kind: "unknown" });
  });

  it("is refused, not evaluated: a million gates side by side, or 62,000 operands", () => {
    for (const count of [1_000_000, 62_000]) {
      expect(evaluate({ and: new Array<JsonValue>(count).fill(true) }, {}).result).toMatchObject({
        reasons: [expect.stringContaining("more than 2000 parts")],
      });
    }
  });
});
