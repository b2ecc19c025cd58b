import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import { openRule, placeOf, type Quantity, signalQuantity } from "../../../src/policy/diff/quantities.ts";

const below = (rule: JsonValue): JsonValue => ({ "<": [rule, 5] });
const quantities = (rule: JsonValue): readonly Quantity[] => openRule(below(rule)).quantities;
const only = (rule: JsonValue): Quantity | undefined => quantities(rule)[0];

const LAG: JsonValue = { var: "forward.lagSeconds" };
const sum = (path: string, window = "3m"): JsonValue => ({ stat: [path, "sum", window] });
const minutes = (quantifier: string, body: JsonValue, window = "5m"): JsonValue => ({
  [quantifier]: [{ window: [window] }, body],
});
const greatest = (window = "5m"): JsonValue => ({
  reduce: [{ window: [window] }, { max: [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0],
});

describe("the place of a quantity", () => {
  it("is another one for every key, and no dot of a key parts it", () => {
    expect(placeOf("var a.bc")).not.toBe(placeOf("var ab.c"));
    expect(placeOf("var a.b.c").split(".")).toHaveLength(2);
  });
});

describe("an opened rule", () => {
  it("reads what it looks at from its places, each once, and says it as it was", () => {
    const rate = { rate: ["green.errors5xx", "green.requests", "3m"] };
    const opened = openRule({ or: [below(LAG), below(rate), { ">": [LAG, 9] }] });
    expect(opened.quantities.map(({ operation }) => operation)).toEqual(["var", "rate"]);
    const [lag = "", errors = ""] = opened.quantities.map(({ key }) => placeOf(key));
    expect(opened.rule).toEqual({
      or: [{ "<": [{ var: lag }, 5] }, { "<": [{ var: errors }, 5] }, { ">": [{ var: lag }, 9] }],
    });
    expect(opened.says).toContain("forward.lagSeconds < 5");
    expect(opened.says).toContain("green.errors5xx / green.requests over 3m < 5");
    expect([opened.opaque, opened.quantified]).toEqual([false, []]);
  });

  it.each<[string, JsonValue]>([
    ["missing", { "!": [{ missing: ["green.requests"] }] }],
    ["missing_some", { "!": [{ missing_some: [1, ["green.requests", "blue.requests"]] }] }],
    ["arithmetic with single minutes", minutes("all", below({ "*": [2, LAG] }))],
    ["such beside what can be seen", { and: [{ "!": [{ missing: ["green.requests"] }] }, below(LAG)] }],
  ])("is opaque with %s", (_, rule) => {
    expect(openRule(rule).opaque).toBe(true);
  });

  it("asks of the minutes of a window as it is written", () => {
    const rule = minutes("all", below(LAG));
    const opened = openRule(rule);
    const [window] = opened.quantities;
    expect(opened.rule).toEqual({ all: [{ var: placeOf(window?.key ?? "") }, below(LAG)] });
    expect(opened.quantified.map((text) => JSON.parse(text) as JsonValue)).toEqual([rule]);
    expect(opened.opaque).toBe(false);
    expect(opened.quantities).toHaveLength(1);
  });

  it("looks at the signals of a window that are asked for in minutes, and at no others", () => {
    const rule = { and: [below(sum("green.requests")), below({ var: "green.p99Ms" }), minutes("all", below(LAG))] };
    expect(openRule(rule).quantities.find(({ operation }) => operation === "window")).toMatchObject({
      type: "rows",
      paths: ["forward.lagSeconds"],
      windowMs: 5 * MINUTE_MS,
    });
  });
});

describe("what is looked at", () => {
  it("is a signal as the catalogue knows it", () => {
    expect(signalQuantity("forward.state")).toMatchObject({ operation: "var", type: "text", windowMs: 0 });
    expect(signalQuantity("forward.state").values).toContain("FAILED");
    expect(only(LAG)).toMatchObject({
      ...{ operation: "var", args: ["forward.lagSeconds"], paths: ["forward.lagSeconds"], says: "forward.lagSeconds" },
      ...{ type: "number", least: 0, most: null, whole: false, values: [] },
    });
    expect(only({ var: "forward.lagRecords" })?.whole).toBe(true);
    expect(only({ rate: ["green.errors5xx", "green.requests", "3m"] })).toMatchObject({ least: 0, most: 1 });
  });

  it("is any number where nobody knows the signal", () => {
    expect(signalQuantity("no.such")).toMatchObject({ type: "number", least: null, most: null, whole: false });
    expect(only({ stat: ["no.such", "max", "3m"] })).toMatchObject({ least: null, most: null, whole: false });
  });

  it.each<[string, JsonValue, boolean]>([
    ["the greatest of a count", { stat: ["forward.lagRecords", "max", "3m"] }, true],
    ["the sum of a count", sum("forward.lagRecords"), true],
    ["the mean of a count", { stat: ["forward.lagRecords", "avg", "3m"] }, false],
    ["the slope of a count", { stat: ["forward.lagRecords", "slope", "3m"] }, false],
    ["the greatest of what is measured", { stat: ["forward.lagSeconds", "max", "3m"] }, false],
    ["a share of counts", { rate: ["green.errors5xx", "green.requests", "3m"] }, false],
  ])("is whole or not: %s", (_, rule, whole) => {
    expect(only(rule)?.whole).toBe(whole);
  });

  it.each<[string, JsonValue, number]>([
    ["a statistic", sum("green.requests", "15m"), 15],
    ["evidence over a duration", { evidence_below: ["green.errors5xx", "green.requests", 0.01, "20m"] }, 20],
    ["evidence over the step", { evidence_below: ["green.errors5xx", "green.requests", 0.01, "step"] }, 0],
    ["evidence over the soak", { evidence_below: ["green.errors5xx", "green.requests", 0.01, "soak"] }, 0],
    ["coverage, which is always known", { coverage: ["15m"] }, 0],
    ["the age of what was read", { age: ["forward.lagSeconds"] }, 0],
    ["arithmetic, by its longest", { "/": [sum("green.errors5xx"), sum("green.requests", "15m")] }, 15],
    ["arithmetic, whichever comes first", { "-": [sum("green.errors5xx", "9m"), sum("green.requests")] }, 9],
  ])("is known once its window is full: %s", (_, rule, length) => {
    expect(only(rule)?.windowMs).toBe(length * MINUTE_MS);
  });
});

describe("what is reckoned", () => {
  it("is one quantity of all its signals, as it is written", () => {
    const share = { "/": [sum("green.errors5xx"), sum("green.requests", "15m")] };
    expect(quantities(share)).toMatchObject([
      {
        ...{ operation: "/", type: "number", least: null, most: null, whole: false },
        paths: ["green.errors5xx", "green.requests"],
        says: "sum green.errors5xx over 3m / sum green.requests over 15m",
      },
    ]);
  });

  it("is one quantity as well where the minutes of a window are folded", () => {
    expect(quantities(greatest())).toMatchObject([
      {
        ...{ operation: "reduce", paths: ["forward.lagSeconds"], windowMs: 5 * MINUTE_MS },
        says: "reduce(each minute of the last 5m, max(accumulator, current.forward.lagSeconds), 0)",
      },
    ]);
  });

  it("is none where it has literals alone", () => {
    const rule = { "<": [LAG, { "*": [2, { "+": [1, 2] }] }] };
    const opened = openRule(rule);
    expect(opened.quantities.map(({ operation }) => operation)).toEqual(["var"]);
    expect(opened.says).toContain("forward.lagSeconds < 2 * (1 + 2)");
  });

  it.each<[string, JsonValue, number]>([
    ["a literal and a quantity", { "*": [2, LAG] }, 2],
    ["a quantity and a literal", { "*": [LAG, 2] }, 2],
    ["nothing of it", { "*": [0, LAG] }, 0],
  ])("is so many times a quantity, and never below zero: %s", (_, rule, factor) => {
    expect(only(rule)).toMatchObject({ least: 0, times: { of: signalQuantity("forward.lagSeconds").key, factor } });
  });

  it.each<[string, JsonValue]>([
    ["a sum", { "+": [2, LAG] }],
    ["a quotient", { "/": [LAG, 2] }],
    ["a negative multiple", { "*": [-2, LAG] }],
    ["a multiple of two quantities", { "*": [LAG, sum("green.requests")] }],
    ["a multiple of two quantities and a literal", { "*": [2, LAG, sum("green.requests")] }],
    ["two literals and a quantity", { "*": [2, 3, LAG] }],
    ["a literal, a quantity, and what is made of literals", { "*": [2, LAG, { "+": [1, 2] }] }],
    ["a quantity and what is made of literals", { "*": [LAG, { "+": [1, 2] }] }],
    ["a multiple of the greater of two", { "*": [2, { max: [LAG, { var: "forward.lagRecords" }] }] }],
    ["a quantity alone", { "*": [LAG] }],
    ["literals and two quantities", { "*": [2, 3, LAG, sum("green.requests")] }],
    ["a multiple of what may be below zero", { "*": [2, { stat: ["forward.lagSeconds", "slope", "3m"] }] }],
    ["a multiple of what is reckoned", { "*": [2, { "-": [LAG, 3] }] }],
  ])("is no such multiple, and may be any number: %s", (_, rule) => {
    const found = only(rule);
    expect(found?.times).toBeUndefined();
    expect(found?.least).toBeNull();
  });
});
