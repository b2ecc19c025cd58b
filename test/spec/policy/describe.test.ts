import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { operandList, describe as said, wordOf } from "../../../src/policy/logic/describe.ts";

const [a, b, c] = [{ var: "a" }, { var: "b" }, { var: "c" }];
const sum: JsonValue = { "+": [a, b] };
const difference: JsonValue = { "-": [a, b] };
const product: JsonValue = { "*": [a, b] };
const below: JsonValue = { "<": [a, 5] };
const above: JsonValue = { ">": [b, 6] };
const both: JsonValue = { and: [below, above] };
const either: JsonValue = { or: [below, above] };

describe("a rule in words", () => {
  it.each<[string, JsonValue]>([
    ["2 * (a - b) < 50", { "<": [{ "*": [2, difference] }, 50] }],
    ["2 * a - b", { "-": [{ "*": [2, a] }, b] }],
    ["(a - b) / c", { "/": [difference, c] }],
    ["100 / (a + b)", { "/": [100, sum] }],
    ["a - (b - c)", { "-": [a, { "-": [b, c] }] }],
    ["a - (b + c)", { "-": [a, { "+": [b, c] }] }],
    ["a / (b * c)", { "/": [a, { "*": [b, c] }] }],
    ["a * (b % c)", { "*": [a, { "%": [b, c] }] }],
    ["(a < 5 or b > 6) and c", { and: [either, c] }],
    ["not (a < 5 and b > 6)", { "!": both }],
    ["not (a < 5 or b > 6)", { "!": [{ "!!": [either] }] }],
    ["(a < 5) === (b > 6)", { "===": [below, above] }],
    ["(not a) === true", { "===": [{ "!": a }, true] }],
    ["(a < 5 or b > 6) === true", { "===": [{ "!!": either }, true] }],
  ])("keeps together what it would tear apart: %s", (text, rule) => {
    expect(said(rule, (path) => path)).toBe(text);
  });

  it.each<[string, JsonValue]>([
    ["a - b - c", { "-": [difference, c] }],
    ["a + b - c", { "-": [sum, c] }],
    ["a + b + c", { "+": [a, { "+": [b, c] }] }],
    ["c + a * b", { "+": [c, product] }],
    ["a * b / c", { "/": [product, c] }],
    ["a < 5 and b > 6 or c", { or: [both, c] }],
    ["c and a < 5 and b > 6", { and: [c, both] }],
    ["a + b < c", { "<": [sum, c] }],
    ["2 < a < 5", { "<": [2, a, 5] }],
    ["not a < 5", { "!": below }],
    ["not a and b", { and: [{ "!": a }, b] }],
    ["max(400, a - b)", { max: [400, difference] }],
    ["2 * max(a, b)", { "*": [2, { max: [a, b] }] }],
    ["-(a + b)", { "-": [sum] }],
    ["[a + b, c]", [sum, c]],
  ])("and puts nothing in parentheses that reads right without: %s", (text, rule) => {
    expect(said(rule, (path) => path)).toBe(text);
  });
});

describe("a part of a rule in words", () => {
  it.each<[string, unknown]>([
    ["7", 7],
    ['"RUNNING"', "RUNNING"],
    ["true", true],
    ["null", null],
    ["nothing", undefined],
    ["nothing", Symbol("a")],
    ["nothing", 1n],
    ["[]", []],
    ["[1, a]", [1, a]],
    ["a", a],
    ["a", { var: ["a", 0] }],
    ["3", { var: 3 }],
    ["a", { "!!": [a] }],
    ["nothing", { "!!": [] }],
    ["not not a", { "!": [{ "!": a }] }],
    ["+(a)", { "+": a }],
    ["and(a)", { and: [a] }],
    ["min(a, b)", { min: [a, b] }],
    ["merge()", { merge: [] }],
    ["(nothing)", {}],
  ])("is %s", (text, rule) => {
    expect(said(rule, (path) => path)).toBe(text);
  });

  it("calls a path what the caller calls it, and one that is none the empty path", () => {
    const named = (rule: unknown): string => said(rule, (path) => `<${path}>`);
    expect(named({ "<": [{ var: "a.b" }, 1] })).toBe("<a.b> < 1");
    expect([[], null, [null], [["a"]], { cat: ["a"] }].map((written) => named({ var: written }))).toEqual(
      Array.from({ length: 5 }, () => "<>"),
    );
  });

  it("is cut short below four levels", () => {
    expect(said({ max: [{ max: [{ max: [{ max: [a, 1] }, 2] }, 3] }, 4] }, (path) => path)).toBe(
      "max(max(max(max(a, 1), 2), 3), 4)",
    );
    expect(said({ max: [{ max: [{ max: [{ max: [{ max: [a] }, 1] }, 2] }, 3] }, 4] }, (path) => path)).toBe(
      "max(max(max(max(max(…), 1), 2), 3), 4)",
    );
  });

  it.each<[string, JsonValue]>([
    ["a and b and c", { and: [a, { and: [b, c] }] }],
    ["a or b or c", { or: [{ or: [a, b] }, c] }],
    ["a and (b or c)", { and: [a, { or: [b, c] }] }],
    ["a or b and c", { or: [a, { and: [b, c] }] }],
    ["(a < 5) + 1", { "+": [below, 1] }],
    ["(not a) + 1", { "+": [{ "!": a }, 1] }],
    ["a + b - c", { "+": [a, { "-": [b, c] }] }],
    ["a / (b / c)", { "/": [a, { "/": [b, c] }] }],
    ["a % (b * c)", { "%": [a, { "*": [b, c] }] }],
    ["a % b * c", { "*": [{ "%": [a, b] }, c] }],
    ["a * b / c", { "*": [a, { "/": [b, c] }] }],
    ["(a + b) * c", { "*": [sum, c] }],
    ["(a + b) / c % 2", { "%": [{ "/": [sum, c] }, 2] }],
  ])("keeps its meaning: %s", (text, rule) => {
    expect(said(rule, (path) => path)).toBe(text);
  });

  it.each(["<", "<=", ">", ">=", "==", "===", "!=", "!=="])(
    "puts a comparison inside of %s in parentheses",
    (operator) => {
      expect(said({ "===": [{ [operator]: [a, b] }, c] }, (path) => path)).toBe(`(a ${operator} b) === c`);
      expect(said({ and: [{ [operator]: [a, sum] }, c] }, (path) => path)).toBe(`a ${operator} a + b and c`);
    },
  );
});

describe("what a rule writes", () => {
  it("as a word is text, and a list or an object is none", () => {
    expect(["a", 1, true, null, undefined].map(wordOf)).toEqual(["a", "1", "true", "null", "undefined"]);
    expect([["a"], {}, { toString: 1 }].map(wordOf)).toEqual(["", "", ""]);
  });

  it("as one operand is a list of one", () => {
    expect([operandList("a"), operandList(["a", 1]), operandList(undefined)]).toEqual([["a"], ["a", 1], [undefined]]);
  });
});
