import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { bulkOf, isSameValue, LARGEST_VALUE } from "../../../src/policy/logic/bulk.ts";
import { walkRule } from "../../../src/policy/logic/walk.ts";
import { comesTo } from "../../support/walked.ts";

const GONE = { var: "gone" };
const unknown = ["gone: no value"];

describe("and, or", () => {
  it.each<[string, JsonValue]>([
    ["and behind a false", { and: [false, GONE] }],
    ["and before a false", { and: [GONE, false] }],
    ["no or behind a true", { "!": [{ or: [1, GONE] }] }],
    ["no or before a true", { "!": [{ or: [GONE, 1] }] }],
  ])("are sure of their truth whatever the gap holds: %s", (_, rule) => {
    expect(comesTo({ "!!": [rule] })).toBe(false);
    expect(comesTo({ if: [rule, "opened", "held"] })).toBe("held");
  });

  it.each<[string, JsonValue, JsonValue]>([
    ["behind the one that decides, and", { "===": [{ and: [false, GONE] }, false] }, true],
    [
      "before it: stock might stop at the gap, with another value, and",
      { "===": [{ and: [GONE, false] }, false] },
      unknown,
    ],
    ["behind it, or", { "===": [{ or: [1, GONE] }, 1] }, true],
    ["before it, or", { "===": [{ or: [GONE, 1] }, 1] }, unknown],
    ["in a branch that is taken", { "===": [{ if: [true, { and: [GONE, false] }, 1] }, false] }, unknown],
    ["in an else", { "===": [{ if: [false, 1, { and: [GONE, false] }] }, false] }, unknown],
  ])("are not sure of their value where a gap stands %s", (_, rule, comes) => {
    expect(comesTo(rule)).toEqual(comes);
  });
});

describe("what is no expression", () => {
  it.each<[JsonValue, string]>([
    [{ and: [] }, "and: no operands"],
    [{ or: [] }, "or: no operands"],
    [{ if: [] }, "if: no branch taken"],
    [{ "?:": [false, 1] }, "?:: no branch taken"],
    [{ "!": [1, 2] }, "!: takes one operand"],
    [{ "!!": [] }, "!!: takes one operand"],
    [{ var: ["x", 1, 2] }, "var: takes a path and a default"],
    [{ var: [[1]] }, "var: the path is neither text nor number"],
    [{ reduce: [[1]] }, "reduce: wrong number of operands"],
    [{ "<": [1] }, "<: wrong number of operands"],
    [{ a: 1, b: 2 }, "an expression has exactly one operator"],
    [{ in: ["a", [null, "b"]] }, "in: the list has elements without a value"],
    [{ map: [[1, null], { var: "" }] }, "the element has no value"],
  ])("is unknown, and says why: %j", (rule, why) => {
    expect(comesTo(rule)).toEqual([why]);
  });

  it("is none where an element that is there is enough, or a path is computed", () => {
    expect(comesTo({ in: ["b", [null, "b"]] })).toBe(true);
    expect(comesTo({ var: [{ "+": [1] }] }, { 1: 7 })).toBe(7);
  });
});

describe("the comparisons of a range", () => {
  const holds = (rule: JsonValue, data: JsonValue) => walkRule(rule, data).comparisons.map((each) => each.holds);
  const between = (operator: string): JsonValue => ({ [operator]: [1, { var: "x" }, 10] });

  it.each<[number, readonly boolean[], readonly boolean[]]>([
    [0, [false, true], [false, true]],
    [1, [false, true], [true, true]],
    [5, [true, true], [true, true]],
    [10, [true, false], [true, true]],
    [11, [true, false], [true, false]],
  ])("say of %j which end it does not keep to", (x, strictly, loosely) => {
    expect(holds(between("<"), { x })).toEqual(strictly);
    expect(holds(between("<="), { x })).toEqual(loosely);
    expect(holds({ "!": [between("<")] }, { x })).toEqual(strictly.map((each) => !each));
  });

  it("are read with what is measured on the left, each against its own end, and say nothing of a gap", () => {
    expect(walkRule(between("<="), { x: 5 }).comparisons).toEqual([
      { what: "x", value: 5, operator: ">=", threshold: 1, holds: true },
      { what: "x", value: 5, operator: "<=", threshold: 10, holds: true },
    ]);
    expect(holds(between("<"), {})).toEqual([null, null]);
  });

  it("are turned round where only the right side reads data, however deep", () => {
    const rule = { ">": [{ "+": [5, 5] }, { "+": [{ max: [{ var: "x" }, 0] }, 1] }] };
    expect(walkRule(rule, { x: 1 }).comparisons).toEqual([
      { what: "max(x, 0) + 1", value: 2, operator: "<", threshold: 10, holds: true },
    ]);
    expect(walkRule({ "<": [{ var: "x" }, { var: "y" }] }, { x: 1, y: 2 }).comparisons[0]).toMatchObject({
      what: "x",
      operator: "<",
      threshold: 2,
    });
  });
});

describe("how much a value holds", () => {
  const nested = (levels: number): JsonValue => {
    let value: JsonValue = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };

  it.each<[JsonValue, number]>([
    [null, 1],
    [7, 1],
    ["seven", 6],
    [[], 1],
    [[1, "a"], 4],
    [{ ab: 1 }, 4],
  ])("%j counts %i", (value, bulk) => {
    expect(bulkOf(value)).toBe(bulk);
  });

  it("counts a list that is there twice twice, and has no end below two hundred levels", () => {
    const list = [1, 2];
    expect(bulkOf([list, list])).toBe(7);
    expect(bulkOf(nested(200))).toBe(201);
    expect(bulkOf(nested(201))).toBe(Number.POSITIVE_INFINITY);
    const deep = nested(150);
    expect([bulkOf(deep), bulkOf([nested(100), deep])]).toEqual([151, 253]);
  });

  it("is how two values are the same: written alike, and not too large to be written", () => {
    expect([isSameValue(1, 1), isSameValue([1, { a: 2 }], [1, { a: 2 }])]).toEqual([true, true]);
    expect([isSameValue([1], [2]), isSameValue(1, "1"), isSameValue(null, []), isSameValue([], null)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([isSameValue("[1]", [1]), isSameValue([1], "[1]")]).toEqual([false, false]);
    const large = ["x".repeat(LARGEST_VALUE)];
    expect([isSameValue(large, [...large]), isSameValue([1], large), isSameValue(large, large)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
