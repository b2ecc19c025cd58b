import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { describe as said } from "../../../src/policy/logic/describe.ts";

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
