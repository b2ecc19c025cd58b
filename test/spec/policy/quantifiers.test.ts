import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { compileLogic } from "../../../src/policy/logic/compile.ts";
import { walkPlan, walkRule } from "../../../src/policy/logic/walk.ts";
import { comesTo, stepsFor } from "../../support/walked.ts";

const GONE: JsonValue = { var: "gone" };
const ELEMENT: JsonValue = { var: "" };
const LIST: JsonValue = { var: "list" };
const QUANTIFIERS = ["all", "some", "none"] as const;
/** Of an element that is a number; unknown of any other. */
const BELOW_5: JsonValue = { "<": [ELEMENT, 5] };
/** Falsy whatever the gap holds, but which falsy value is not sure. */
const UNSURE_FALSE: JsonValue = { and: [GONE, false] };

const notANumber = ["<: operand is not a number"];

describe("all, some and none of a list", () => {
  it.each<[JsonValue, JsonValue, JsonValue, JsonValue]>([
    [[1, 2], true, true, false],
    [[1, 9], false, true, false],
    [[9, 9], false, false, true],
    [["x", 1], notANumber, true, false],
    [["x", 9], false, notANumber, notANumber],
    [[9, "x"], false, notANumber, notANumber],
    [["x"], notANumber, notANumber, notANumber],
  ])("%j below 5", (list, ...expected) => {
    expect(QUANTIFIERS.map((operator) => comesTo({ [operator]: [LIST, BELOW_5] }, { list }))).toEqual(expected);
  });

  it.each(QUANTIFIERS)("are not known over an empty list: %s", (operator) => {
    expect(comesTo({ [operator]: [LIST, BELOW_5] }, { list: [] })).toEqual([`${operator}: the list is empty`]);
  });

  it("look at the truth of the body alone, also where their own value counts", () => {
    const over = (operator: string): JsonValue => ({ [operator]: [[1], UNSURE_FALSE] });
    expect(QUANTIFIERS.map((operator) => comesTo({ log: over(operator) }))).toEqual([false, false, true]);
  });
});

describe("map and filter", () => {
  it("come to every element's value, and to the elements whose value is true", () => {
    expect(comesTo({ map: [[1, 2], { "+": [ELEMENT, 1] }] })).toEqual([2, 3]);
    expect(comesTo({ map: [[], ELEMENT] })).toEqual([]);
    expect(comesTo({ filter: [[1, 9, 2], BELOW_5] })).toEqual([1, 2]);
    expect(comesTo({ filter: [[], BELOW_5] })).toEqual([]);
    expect(comesTo({ filter: [[1, 2], { log: [null] }] })).toEqual([]);
  });

  it.each(["map", "filter"])("are unknown where one element is, for every reason: %s", (operator) => {
    expect(comesTo({ [operator]: [[1, "x", 2], BELOW_5] })).toEqual(notANumber);
    const either: JsonValue = { "+": [{ var: "a" }, { var: "b" }] };
    expect(comesTo({ [operator]: [LIST, either] }, { list: [{ a: 1 }, { b: 1 }] })).toEqual([
      "b: no value",
      "a: no value",
    ]);
  });

  it("differ in what they look at: a value, or its truth", () => {
    expect(comesTo({ map: [[1], UNSURE_FALSE] })).toEqual(["gone: no value"]);
    expect(comesTo({ merge: [{ filter: [[1], UNSURE_FALSE] }] })).toEqual([]);
  });
});

describe("reduce", () => {
  const sum: JsonValue = { "+": [{ var: "current" }, { var: "accumulator" }] };

  it("folds a list from its initial value on, in order", () => {
    expect(comesTo({ reduce: [[1, 2, 3], sum, 10] })).toBe(16);
    expect(comesTo({ reduce: [[1, 2], { cat: [{ var: "accumulator" }, { var: "current" }] }, "n"] })).toBe("n12");
    expect(comesTo({ reduce: [[], sum, 10] })).toBe(10);
  });

  it("needs its initial value only where the body reads it, or the list is empty", () => {
    expect(comesTo({ reduce: [[1, 2], { "*": [{ var: "current" }, 3] }] })).toBe(6);
    expect(comesTo({ reduce: [[1, 2], sum] })).toEqual(["accumulator: no value"]);
    expect(comesTo({ reduce: [[], sum] })).toEqual(["reduce: no initial value"]);
  });

  it("is unknown with an unknown initial value, even where the body does not read it", () => {
    expect(comesTo({ reduce: [[1], { var: "current" }, GONE] })).toEqual(["gone: no value"]);
    expect(walkRule({ reduce: [[1], { var: "current" }, GONE] }, {}).trace[0]?.operands).toEqual([null]);
  });

  it("stays unknown from the first unknown element on, whatever comes behind it", () => {
    const forgetful: JsonValue = { if: [{ "===": [{ var: "current" }, 1] }, GONE, 7] };
    expect(comesTo({ reduce: [[1, 2], forgetful, 0] })).toEqual(["gone: no value"]);
    expect(comesTo({ reduce: [[2, 2], forgetful, 0] })).toBe(7);
  });

  it("stands in the trace with where it started and where it ended", () => {
    expect(walkRule({ reduce: [[1, 2], sum, 10] }, {}).trace).toEqual([
      { at: "/reduce", operands: [10, 13], result: { kind: "known", value: 13 } },
    ]);
  });

  it("counts values and not their truth: of its list, its body and where it starts", () => {
    const unsureList: JsonValue = { or: [GONE, [1]] };
    expect(comesTo({ reduce: [unsureList, 1, 0] })).toEqual(["gone: no value"]);
    expect(comesTo({ reduce: [[1], UNSURE_FALSE, 0] })).toEqual(["gone: no value"]);
    expect(comesTo({ reduce: [[1], 1, UNSURE_FALSE] })).toEqual(["gone: no value"]);
  });
});

describe("whatever runs over a list", () => {
  const OPERATORS = [...QUANTIFIERS, "map", "filter", "reduce"];

  it.each(OPERATORS)("is unknown over what is none: %s", (operator) => {
    for (const list of [7, "text", { a: 1 }, true]) {
      const { result, trace } = walkRule({ [operator]: [LIST, true] }, { list });
      expect(result).toEqual({ kind: "unknown", reasons: [`${operator}: not a list`] });
      expect(trace[0]?.operands).toEqual([list]);
    }
    expect(comesTo({ [operator]: [LIST, true] })).toEqual(["list: no value"]);
    expect(comesTo({ [operator]: [{ or: [GONE, [1]] }, true] })).toEqual(["gone: no value"]);
  });

  it.each(OPERATORS)("takes a list and a body, and only reduce a start: %s", (operator) => {
    const refused = [1, 2, 3, 4].map((count) => {
      const came = comesTo({ or: [true, { [operator]: Array.from({ length: count }, () => [1]) }] });
      return JSON.stringify(came) === `["${operator}: wrong number of operands"]`;
    });
    expect(refused).toEqual([true, false, operator !== "reduce", true]);
  });

  it("shows in the trace what each element came to, and nothing of how", () => {
    const rule: JsonValue = {
      and: [{ some: [[1, 9], BELOW_5] }, { map: [[1], { "-": [ELEMENT] }] }, { "!": [false] }],
    };
    expect(walkRule(rule, {}).trace.map(({ at, operands }) => [at, operands])).toEqual([
      ["/and", [true, [-1], true]],
      ["/and/0/some", [true, false]],
      ["/and/1/map", [-1]],
      ["/and/2/!", [false]],
    ]);
  });

  it("costs a step an element, beside what its body costs", () => {
    expect(stepsFor({ map: [[1, 2, 3], 0] })).toBe(2 + 3);
    expect(stepsFor({ map: [[1, 2, 3], ELEMENT] })).toBe(2 + 6);
    expect(stepsFor({ reduce: [[1, 2, 3], 1, 0] })).toBe(2 + 3);
    expect(stepsFor({ and: [{ all: [[1, 2], BELOW_5] }, { "!": [false] }] })).toBe(2 + 1 + 1 + 2 * 3);
  });

  it("looks at no further element once no step is left", () => {
    const plan = compileLogic({ map: [LIST, ELEMENT] });
    const { trace } = walkPlan(plan, { list: [1, 2, 3, 4] }, () => "no value", { maxSteps: 5, maxSize: 10 });
    expect(trace[0]).toEqual({
      at: "/map",
      operands: [1, null],
      result: { kind: "unknown", reasons: ["more than 5 steps"] },
    });
  });
});

describe("the comparisons of a list", () => {
  const of = (rule: JsonValue, data: JsonValue = {}) =>
    walkRule(rule, data).comparisons.map(({ what, value, operator, holds }) => [what, value, operator, holds]);

  it.each<[string, JsonValue, [JsonValue, boolean | null]]>([
    ["decided", [1, 9, 8, "x"], [9, false]],
    ["is the first unknown one, where none decided", [1, "x", true], ["x", null]],
    ["is the last one, where all are alike", [1, 2, 3], [3, true]],
  ])("are those of the element that %s", (_, list, [value, holds]) => {
    expect(of({ all: [LIST, BELOW_5] }, { list })).toEqual([["the element in list", value, "<", holds]]);
  });

  it("stand where the list stands among the others, and are those of no other list's elements", () => {
    const rule: JsonValue = {
      and: [
        { "<": [{ var: "a" }, 1] },
        { some: [LIST, BELOW_5] },
        { map: [LIST, BELOW_5] },
        { "<": [{ var: "b" }, 2] },
      ],
    };
    expect(of(rule, { a: 0, b: 1, list: [9, 3] })).toEqual([
      ["a", 0, "<", true],
      ["the element in list", 3, "<", true],
      ["b", 1, "<", true],
    ]);
  });

  it("of none are turned round, as below any negation", () => {
    expect(of({ none: [LIST, BELOW_5] }, { list: [7] })).toEqual([["the element in list", 7, ">=", true]]);
    expect(of({ "!": [{ none: [LIST, BELOW_5] }] }, { list: [7] })).toEqual([["the element in list", 7, "<", false]]);
    expect(of({ "!": [{ all: [LIST, BELOW_5] }] }, { list: [7] })).toEqual([["the element in list", 7, ">=", true]]);
  });

  it("name both lists of an inner one, and are left out below a map", () => {
    const inner: JsonValue = { all: [{ var: "inner" }, BELOW_5] };
    const data = { list: [{ inner: [1, 9] }, { inner: [1] }] };
    expect(of({ all: [LIST, inner] }, data)).toEqual([["the element in inner in list", 9, "<", false]]);
    expect(of({ map: [LIST, inner] }, data)).toEqual([]);
    expect(comesTo({ map: [LIST, inner] }, data)).toEqual([false, true]);
  });

  it("say in full what decided with the last step, and nothing where the steps ran out", () => {
    const plan = compileLogic({ all: [LIST, BELOW_5] });
    const within = (maxSteps: number) =>
      walkPlan(plan, { list: [1, 9] }, () => "no value", { maxSteps, maxSize: 10 }).comparisons;
    expect(within(8)).toEqual([{ what: "the element in list", value: 9, operator: "<", threshold: 5, holds: false }]);
    expect(within(7)).toEqual([]);
  });

  it("leave no trace of their own, and take no step", () => {
    const rule: JsonValue = { all: [LIST, BELOW_5] };
    expect(walkRule(rule, { list: [1] }).trace.map(({ at }) => at)).toEqual(["/all"]);
    expect(stepsFor({ and: [rule, rule] }, { list: [1] })).toBe(1 + 2 * (2 + 3));
  });
});
