import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { walkRule } from "../../../src/policy/logic/walk.ts";

const A: JsonValue = { var: "a" };

const of = (rule: unknown, data: JsonValue = {}) =>
  walkRule(rule, data).comparisons.map(({ what, value, operator, threshold, holds }) => ({
    said: `${what} is ${JSON.stringify(value)}, ${operator} ${JSON.stringify(threshold)}`,
    holds,
  }));

describe("a comparison", () => {
  it.each<[string, JsonValue, boolean | null]>([
    ["a is 3, < 5", { "<": [A, 5] }, true],
    ["a is 3, < 5", { ">": [5, A] }, true],
    ["a is 3, >= 5", { "<=": [5, A] }, false],
    ["a is 3, === 5", { "===": [5, A] }, false],
    ["a is 3, != 5", { "!=": [5, A] }, true],
    ["a is 3, < 3", { "<": [A, { "-": [A, 0] }] }, false],
    ["1 is 1, < 2", { "<": [1, 2] }, true],
    ["1 + 1 is 2, < 3", { "<": [{ "+": [1, 1] }, 3] }, true],
    ["[a, 1] is [3,1], === 4", { "===": [4, [A, 1]] }, null],
    ["max(1, a) is 3, < 5", { ">": [{ "+": [2, 3] }, { max: [1, A] }] }, true],
    ["not a is false, === true", { "===": [true, { "!": A }] }, false],
    ["a is 3, < null", { "<": [A, { var: "gone" }] }, null],
    ['a is 3, === "3"', { "===": [A, "3"] }, false],
  ])("reads %s, with what is measured on the left", (said, rule, holds) => {
    expect(of(rule, { a: 3 })).toEqual([{ said, holds }]);
  });

  it.each<[string, JsonValue, boolean | null]>([
    ["a is 3, >= 5", { "<": [A, 5] }, false],
    ["a is 3, >= 5", { ">": [5, A] }, false],
    ["a is 3, !== 5", { "===": [A, 5] }, true],
    ["a is 3, == 5", { "!=": [5, A] }, false],
    ["gone is null, > 5", { "<=": [{ var: "gone" }, 5] }, null],
  ])("below a negation reads as what would help: %s", (said, rule, holds) => {
    expect(of({ "!": [rule] }, { a: 3 })).toEqual([{ said, holds }]);
  });

  it("is found where the other side is nothing, or no JSON", () => {
    expect(of({ "===": [null, A] }, { a: 3 })).toEqual([{ said: "a is 3, === null", holds: null }]);
    expect(of({ "===": [undefined, A] }, { a: 3 })).toEqual([{ said: "a is 3, === null", holds: null }]);
    expect(of({ "<": [1n, 2] })).toEqual([{ said: "nothing is null, < 2", holds: null }]);
  });

  it("is made by nothing else", () => {
    expect(of({ in: [A, [1, 3]] }, { a: 3 })).toEqual([]);
    expect(of({ "+": [A, 5] }, { a: 3 })).toEqual([]);
  });

  it("is read anew every time that it is made", () => {
    const rule: JsonValue = { "<": [A, 5] };
    expect(of({ and: [rule, rule] }, { a: 3 })).toHaveLength(2);
  });
});

describe("a range", () => {
  const range = (low: JsonValue, between: JsonValue, high: JsonValue): JsonValue => ({ "<": [low, between, high] });

  it.each<[JsonValue, readonly (boolean | null)[]]>([
    [range(1, A, 5), [true, true]],
    [range({ var: "gone" }, A, 5), [null, true]],
    [range(1, A, "5"), [true, null]],
    [range("1", A, 5), [null, true]],
  ])("of %j says of each end whether it is kept", (rule, ends) => {
    expect(of(rule, { a: 3 }).map(({ holds }) => holds)).toEqual(ends);
  });

  it("below a negation is read as what would help at either end", () => {
    expect(of({ "!": [range(1, A, 5)] }, { a: 3 })).toEqual([
      { said: "a is 3, <= 1", holds: false },
      { said: "a is 3, >= 5", holds: false },
    ]);
  });
});

describe("what is measured", () => {
  const nested = (levels: number, around: (inner: JsonValue) => JsonValue): JsonValue => {
    let rule: JsonValue = A;
    for (let level = 0; level < levels; level += 1) rule = around(rule);
    return rule;
  };

  it("is found as deep as a rule may be, and one level below, where it is unknown", () => {
    const not = (levels: number) => nested(levels, (inner) => ({ "!!": [inner] }));
    expect(of({ "===": [false, not(63)] }, { a: 3 })).toEqual([{ said: "… is true, === false", holds: false }]);
    expect(of({ "===": [false, not(64)] }, { a: 3 })).toEqual([{ said: "… is null, === false", holds: null }]);
  });

  it.each<[string, (inner: JsonValue) => JsonValue]>([
    ["lists", (inner) => [inner]],
    ["expressions", (inner) => ({ "!!": [inner] })],
  ])("is not looked for in %s without end", (_, around) => {
    expect(of({ "===": [false, nested(50_000, around)] }, { a: 3 })).toEqual([
      { said: "false is false, === null", holds: null },
    ]);
  });
});
