import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { comesTo, comesToWithin, stepsFor } from "../../support/walked.ts";

describe("an operator takes", () => {
  const MANY = 6;

  it.each<[string, number, number]>([
    ["<", 2, 3],
    ["<=", 2, 3],
    [">", 2, 2],
    [">=", 2, 2],
    ["==", 2, 2],
    ["!=", 2, 2],
    ["===", 2, 2],
    ["!==", 2, 2],
    ["+", 1, MANY],
    ["*", 1, MANY],
    ["-", 1, 2],
    ["/", 2, 2],
    ["%", 2, 2],
    ["min", 1, MANY],
    ["max", 1, MANY],
    ["in", 2, 2],
    ["cat", 1, MANY],
    ["substr", 2, 3],
    ["merge", 0, MANY],
    ["log", 1, MANY],
  ])("%s between %i and %i operands, and with others makes the whole rule unknown", (operator, least, most) => {
    for (let count = 0; count <= MANY; count += 1) {
      const call: JsonValue = { [operator]: Array.from({ length: count }, () => 1) };
      const refused = JSON.stringify(comesTo({ or: [true, call] }));
      const wrong = `["${operator}: wrong number of operands"]`;
      expect([count, refused === wrong]).toEqual([count, count < least || count > most]);
    }
  });
});

describe("what an operator makes of its operands", () => {
  it.each<[JsonValue, JsonValue]>([
    [{ "<": [1, 2] }, true],
    [{ "<": [2, 2] }, false],
    [{ "<": [1, 2, 3] }, true],
    [{ "<": [2, 2, 3] }, false],
    [{ "<": [1, 3, 3] }, false],
    [{ "<=": [2, 2] }, true],
    [{ "<=": [3, 2] }, false],
    [{ "<=": [1, 1, 1] }, true],
    [{ "<=": [2, 1, 3] }, false],
    [{ "<=": [1, 3, 2] }, false],
    [{ ">": [3, 2] }, true],
    [{ ">": [2, 2] }, false],
    [{ ">=": [2, 2] }, true],
    [{ ">=": [1, 2] }, false],
    [{ "==": ["a", "a"] }, true],
    [{ "==": [1, 2] }, false],
    [{ "!=": ["a", "a"] }, false],
    [{ "!=": [true, false] }, true],
    [{ "===": [1, 1] }, true],
    [{ "===": [1, "1"] }, false],
    [{ "!==": [1, "1"] }, true],
    [{ "!==": [false, false] }, false],
    [{ "+": [5] }, 5],
    [{ "+": [1, 2, 3] }, 6],
    [{ "*": [5] }, 5],
    [{ "*": [2, 3, 4] }, 24],
    [{ "-": [5] }, -5],
    [{ "-": [5, 3] }, 2],
    [{ "/": [9, 2] }, 4.5],
    [{ "%": [9, 4] }, 1],
    [{ "%": [-9, 4] }, -1],
    [{ min: [2, 1, 3] }, 1],
    [{ max: [2, 3, 1] }, 3],
    [{ max: [-2] }, -2],
    [{ cat: ["a", 1, true] }, "a1true"],
    [{ merge: [] }, []],
    [{ merge: [1, [2, [3]]] }, [1, 2, [3]]],
    [{ log: ["said", 1] }, "said"],
    [{ log: [null, 1] }, null],
  ])("%j comes to %j", (rule, comes) => {
    expect(comesTo(rule)).toEqual(comes);
  });

  it.each<[JsonValue, string]>([
    [{ "<": [1, "2"] }, "<: operand is not a number"],
    [{ "<=": [1, 2, true] }, "<=: operand is not a number"],
    [{ ">": ["3", 2] }, ">: operand is not a number"],
    [{ ">=": [3, null] }, ">=: operand is not a number"],
    [{ "+": [1, "1"] }, "+: operand is not a number"],
    [{ min: [[1, 2]] }, "min: operand is not a number"],
    [{ "/": [1, 0] }, "/: result is not finite"],
    [{ "%": [1, 0] }, "%: result is not finite"],
    [{ "*": [1e308, 10] }, "*: result is not finite"],
    [{ "==": [1, "1"] }, "==: operands of different types"],
    [{ "!=": [0, false] }, "!=: operands of different types"],
    [{ "===": [[1], [1]] }, "===: operand is not a plain value"],
    [{ "===": [1, [1]] }, "===: operand is not a plain value"],
    [{ "==": [null, 1] }, "==: operand is not a plain value"],
    [{ "!==": [{ var: "object" }, 1] }, "!==: operand is not a plain value"],
    [{ "!=": [1, { var: "object" }] }, "!=: operand is not a plain value"],
    [{ cat: ["a", [1]] }, "cat: operand is not a plain value"],
    [{ cat: [null, "a"] }, "cat: operand is not a plain value"],
  ])("%j is unknown, and says why", (rule, why) => {
    expect(comesTo(rule, { object: { a: 1 } })).toEqual([why]);
  });

  it("is unknown for every reason that one of them is", () => {
    const rule = { "+": [{ var: "a" }, { "/": [1, 0] }, 1] };
    expect(comesTo(rule)).toEqual(["a: no value", "/: result is not finite"]);
  });

  it("is their value and not only their truth, also where they stand in a condition", () => {
    const unsure = { and: [{ var: "gone" }, false] };
    expect(comesTo({ if: [{ "===": [unsure, false] }, 1, 2] })).toEqual(["gone: no value"]);
  });
});

describe("in", () => {
  it.each<[JsonValue, JsonValue, JsonValue]>([
    ["b", ["a", "b"], true],
    ["c", ["a", "b"], false],
    [1, ["1"], false],
    [true, [true], true],
    [1, [[1], 1], true],
    ["b", "abc", true],
    ["d", "abc", false],
    ["", "abc", true],
    ["", "", false],
    ["a", "", false],
  ])("finds %j in %j: %j", (needle, haystack, found) => {
    expect(comesTo({ in: [{ var: "needle" }, { var: "haystack" }] }, { needle, haystack })).toBe(found);
  });

  it.each<[JsonValue, JsonValue, string]>([
    [["a"], ["a"], "in: what is looked for is not a plain value"],
    [{ a: 1 }, "[object Object]", "in: what is looked for is not a plain value"],
    ["a", [null, "b"], "in: the list has elements without a value"],
    [1, ["1", [1]], "in: the list has elements without a value"],
    [5, [4, Number.POSITIVE_INFINITY], "in: the list has elements without a value"],
    [1, "123", "in: nothing to look in"],
    ["a", { a: 1 }, "in: nothing to look in"],
    ["a", 7, "in: nothing to look in"],
  ])("does not know of %j and %j", (needle, haystack, why) => {
    expect(comesTo({ in: [{ var: "needle" }, { var: "haystack" }] }, { needle, haystack })).toEqual([why]);
  });
});

describe("substr", () => {
  it.each<[JsonValue, JsonValue]>([
    [["jsonlogic", 4], "logic"],
    [["jsonlogic", -5], "logic"],
    [["jsonlogic", 0], "jsonlogic"],
    [["jsonlogic", 1, 3], "son"],
    [["jsonlogic", 4, -2], "log"],
    [["jsonlogic", 4, 0], ""],
    [["jsonlogic", -5, 3], "log"],
    [[12345, 1, 2], "23"],
    [[true, 1], "rue"],
  ])("cuts %j to %j", (operands, cut) => {
    expect(comesTo({ substr: operands })).toBe(cut);
  });

  it.each<JsonValue>([
    [["a"], 0],
    [null, 0],
    ["abc", "1"],
    ["abc", 0.5],
    ["abc", 0, "1"],
    ["abc", 0, 1.5],
    ["abc", 0, null],
  ])("does not know of %j", (...operands) => {
    expect(comesTo({ substr: operands })).toEqual(["substr: operand of the wrong type"]);
  });
});

describe("what large operands cost", () => {
  const text = "x".repeat(5_000);
  const list = Array.from({ length: 5_000 }, () => "x");

  it("is a step for every thousand characters or elements that are read, beside the expressions themselves", () => {
    expect(stepsFor({ in: [1, { var: "at" }] }, { at: text })).toBe(2 + 5);
    expect(stepsFor({ in: ["y", { var: "at" }] }, { at: list })).toBe(2 + 5);
    expect(stepsFor({ substr: [{ var: "at" }, 0] }, { at: text })).toBe(2 + 5);
    expect(stepsFor({ cat: [{ var: "at" }, { var: "at" }] }, { at: text })).toBe(3 + 10);
    expect(stepsFor({ merge: [{ var: "at" }, { var: "at" }] }, { at: list })).toBe(3 + 10);
  });

  it("is a step for every ten thousand pairs of characters where one text is searched for another", () => {
    expect(stepsFor({ in: ["yz", { var: "at" }] }, { at: text })).toBe(2 + 5 + 1);
    expect(stepsFor({ in: ["yz".repeat(20), { var: "at" }] }, { at: text })).toBe(2 + 5 + 20);
  });

  it.each(["cat", "merge"])(
    "has an end for what %s makes, and counts what is neither text nor list as one",
    (operator) => {
      const kind = operator === "cat" ? "text" : "list";
      const whole = { at: operator === "cat" ? "xxx" : ["x", "x", "x"] };
      const rule = (...more: readonly JsonValue[]): JsonValue => ({ [operator]: [{ var: "at" }, 1, ...more] });
      expect(comesToWithin({ maxSize: 4 }, rule(), whole)).toHaveLength(4);
      expect(comesToWithin({ maxSize: 4 }, rule(true), whole)).toEqual([`${operator}: ${kind} too long`]);
    },
  );
});
