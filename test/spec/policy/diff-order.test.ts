import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { areRelated, isAtMost } from "../../../src/policy/diff/order.ts";
import { openRule, type Quantity } from "../../../src/policy/diff/quantities.ts";

/** The one thing that is looked at here. */
const looked = (rule: JsonValue): Quantity => {
  const [quantity, ...others] = openRule({ "<": [rule, 1] }).quantities;
  if (quantity === undefined || others.length > 0) throw new Error("no single quantity");
  return quantity;
};
const [LAG, RECORDS] = ["forward.lagSeconds", "forward.lagRecords"];
const ERRORS = ["green.errors5xx", "green.requests"];
const BLUE = ["blue.errors5xx", "blue.requests"];

const stat = (statistic: string, window = "5m", path = LAG): JsonValue => ({ stat: [path, statistic, window] });
const times = (factor: number, of: JsonValue = { var: LAG }): JsonValue => ({ "*": [factor, of] });
const upper = (confidence: number, of = ERRORS, window = "5m"): JsonValue => ({
  rate_upper: [...of, window, confidence],
});
const lower = (confidence: number, of = ERRORS, window = "5m"): JsonValue => ({
  rate_lower: [...of, window, confidence],
});
const rate = (of = ERRORS, window = "5m"): JsonValue => ({ rate: [...of, window] });
const evidence = (side: "below" | "above", limit: number, of = ERRORS, span = "step"): JsonValue => ({
  [`evidence_${side}`]: [...of, limit, span],
});

describe("of two that are looked at, the one is sure to be at most the other", () => {
  it.each<[string, JsonValue, JsonValue]>([
    ["the greatest of fewer minutes", stat("max", "3m"), stat("max", "15m")],
    ["what is among the minutes of the greatest", stat("last", "3m"), stat("max", "15m")],
    ["the mean and the greatest of the same minutes", stat("avg"), stat("max")],
    ["the least of more minutes", stat("min", "15m"), stat("min", "3m")],
    ["the least and what is among its minutes", stat("min", "15m"), stat("p95", "3m")],
    ["the least and the mean of the same minutes", stat("min"), stat("avg")],
    ["the least and the greatest of the same minutes", stat("min"), stat("max")],
    ["the middle and the upper end", stat("p50"), stat("p95")],
    ["the sum of fewer minutes", stat("sum", "3m"), stat("sum", "15m")],
    ["the smaller multiple", times(2), times(3)],
    ["itself and a multiple above one", { var: LAG }, times(2)],
    ["a part of it and itself", times(0.5), { var: LAG }],
    ["nothing of it and itself", times(0), { var: LAG }],
    ["the evidence for the lower limit below", evidence("below", 0.01), evidence("below", 0.02)],
    ["the evidence for the higher limit above", evidence("above", 0.02), evidence("above", 0.01)],
    ["the upper bound that is less sure", upper(0.9), upper(0.95)],
    ["the lower bound that is surer", lower(0.95), lower(0.9)],
    ["a rate and its upper bound", rate(), upper(0.5)],
    ["a lower bound and its rate", lower(0.5), rate()],
  ])("%s, and not the other way round", (_, less, more) => {
    expect(isAtMost(looked(less), looked(more))).toBe(true);
    expect(isAtMost(looked(more), looked(less))).toBe(false);
    expect(areRelated(looked(less), looked(more))).toBe(true);
    expect(areRelated(looked(more), looked(less))).toBe(true);
  });
});

it.each(["max", "min", "sum"])(
  "the %s of the same minutes, their length in other words, is neither more nor less",
  (of) => {
    const [one, other] = [looked(stat(of, "3m")), looked(stat(of, "180s"))];
    expect([isAtMost(one, other), isAtMost(other, one)]).toEqual([true, true]);
  },
);

describe("nothing is said of two", () => {
  it.each<[string, JsonValue, JsonValue]>([
    ["greatest ones of different signals", stat("max", "3m"), stat("max", "15m", RECORDS)],
    ["sums of different signals", stat("sum", "3m"), stat("sum", "15m", RECORDS)],
    ["a sum and a greatest one, where values may be less than 1 or many", stat("sum"), stat("max")],
    ["a sum of fewer minutes and a greatest one of more", stat("sum", "3m"), stat("max", "15m")],
    ["a least one and a sum of fewer minutes", stat("min", "15m"), stat("avg", "20m")],
    ["a mean of more minutes and the greatest of fewer", stat("avg", "15m"), stat("max", "3m")],
    ["a slope and the greatest", stat("slope"), stat("max")],
    ["the least and a slope", stat("min"), stat("slope")],
    ["the middle and the upper end of other minutes", stat("p50", "3m"), stat("p95", "15m")],
    ["the mean and the upper end, which one wild minute may lift it above", stat("avg"), stat("p95")],
    ["the middle and the mean", stat("p50"), stat("avg")],
    ["the last and the upper end", stat("last"), stat("p95")],
    ["multiples of different signals", times(2), times(3, { var: RECORDS })],
    ["multiples of what may be below zero", times(2, stat("slope")), times(3, stat("slope"))],
    ["a signal and a multiple of another one", { var: LAG }, times(2, { var: RECORDS })],
    ["signals", { var: LAG }, { var: RECORDS }],
    ["a signal now and its greatest minute", { var: LAG }, stat("max")],
    ["evidence below of different services", evidence("below", 0.01), evidence("below", 0.02, BLUE)],
    ["evidence below over different spans", evidence("below", 0.01), evidence("below", 0.02, ERRORS, "soak")],
    ["evidence above of different services", evidence("above", 0.02), evidence("above", 0.01, BLUE)],
    ["evidence above over different spans", evidence("above", 0.02), evidence("above", 0.01, ERRORS, "soak")],
    ["evidence below and above", evidence("below", 0.01), evidence("above", 0.02)],
    ["upper bounds of different services", upper(0.9), upper(0.95, BLUE)],
    ["upper bounds of different minutes", upper(0.9), upper(0.95, ERRORS, "15m")],
    ["lower bounds of different services", lower(0.95), lower(0.9, BLUE)],
    ["lower bounds of different minutes", lower(0.95), lower(0.9, ERRORS, "15m")],
    ["a rate and an upper bound that is rather below it", rate(), upper(0.4)],
    ["a lower bound that is rather above it and a rate", lower(0.4), rate()],
    ["a rate and the upper bound of another", rate(), upper(0.95, BLUE)],
    ["the lower bound of another and a rate", lower(0.95, BLUE), rate()],
    ["rates of the same minutes", rate(), rate(BLUE)],
    ["the least minute of errors and their rate", stat("min", "5m", "green.errors5xx"), rate()],
  ])("%s", (_, one, other) => {
    expect(isAtMost(looked(one), looked(other))).toBe(false);
    expect(isAtMost(looked(other), looked(one))).toBe(false);
    expect(areRelated(looked(one), looked(other))).toBe(false);
  });

  it.each([null, -5])("sums of what may be below zero: a least value of %s", (least) => {
    const [short, long] = [looked(stat("sum", "3m")), looked(stat("sum", "15m"))];
    expect(isAtMost({ ...short, least }, { ...long, least })).toBe(false);
    expect(isAtMost({ ...looked(stat("min", "15m")), least }, { ...short, least })).toBe(false);
  });
});

describe("two have to do with each other", () => {
  const minutes = (window: string, ...paths: readonly string[]): Quantity => {
    const body = { or: paths.map((path) => ({ "<": [{ var: path }, 5] })) };
    const [quantity] = openRule({ all: [{ window: [window] }, body] }).quantities;
    if (quantity === undefined) throw new Error("no window");
    return quantity;
  };

  it("where they are the same", () => {
    expect(areRelated(looked({ var: LAG }), looked({ var: LAG }))).toBe(true);
  });

  it("where both are minutes, and one signal of them is the same", () => {
    expect(areRelated(minutes("5m", LAG), minutes("15m", LAG))).toBe(true);
    expect(areRelated(minutes("5m", LAG, RECORDS), minutes("15m", "forward.deadLetters", RECORDS))).toBe(true);
    expect(areRelated(minutes("5m", LAG), minutes("15m", RECORDS))).toBe(false);
  });

  it("and not where one is minutes, and the other is made of the same signal", () => {
    expect(areRelated(minutes("5m", LAG), looked(stat("avg")))).toBe(false);
    expect(areRelated(looked({ var: LAG }), minutes("5m", LAG))).toBe(false);
    expect(areRelated(looked(stat("avg", "3m")), looked(stat("avg", "15m")))).toBe(false);
  });
});
