import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { expressionOf, thresholdOf } from "../../../src/policy/checks/meaning/threshold.ts";

describe("a comparison with a number", () => {
  it.each<[string, JsonValue, object | null]>([
    [
      "on the right",
      { "<": [{ var: "a" }, 5] },
      { measured: { operator: "var", operands: ["a"] }, operator: "<", limit: 5 },
    ],
    [
      "on the left",
      { "<": [5, { var: "a" }] },
      { measured: { operator: "var", operands: ["a"] }, operator: ">", limit: 5 },
    ],
    [
      "on the left, or as much",
      { ">=": [5, { rate: ["a", "b"] }] },
      { measured: { operator: "rate", operands: ["a", "b"] }, operator: "<=", limit: 5 },
    ],
    ["between two", { "<": [1, { var: "a" }, 5] }, null],
    ["with text", { "<": [{ var: "a" }, "5"] }, null],
    ["with another", { "<": [{ var: "a" }, { var: "b" }] }, null],
    ["of two numbers", { "<": [1, 5] }, null],
    ["of a list", { "<": [[1], 5] }, null],
    ["by equality", { "===": [{ var: "a" }, 5] }, null],
    ["of nothing", null, null],
    ["that is a list", [{ "<": [{ var: "a" }, 5] }], null],
  ])("is one where the number stands %s", (_, rule, threshold) => {
    expect(thresholdOf(rule)).toEqual(threshold);
  });

  it("is of an expression, whose only operand may stand without a list", () => {
    expect(expressionOf({ "!": { var: "a" } })).toEqual({ operator: "!", operands: [{ var: "a" }] });
    expect(expressionOf({ "!": null })).toEqual({ operator: "!", operands: [null] });
    for (const none of [5, "x", true, null, []] as const) expect(expressionOf(none)).toBeNull();
  });
});
