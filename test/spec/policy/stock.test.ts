import { afterEach, describe, expect, it, vi } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { LARGEST_VALUE } from "../../../src/policy/logic/bulk.ts";
import { unknownBecause } from "../../../src/policy/logic/judged.ts";
import { askStock, type StockAnswer, secondKey, stockPlan } from "../../../src/policy/stock.ts";
import { boundedApply } from "../../../src/policy/stock-bounded.ts";

const answer = (rule: JsonValue, data: unknown, how?: "bounded"): StockAnswer => askStock(stockPlan(rule), data, how);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("json-logic-js is asked", () => {
  it.each([undefined, "bounded"] as const)("and its answer is what it comes to, or what it throws (%s)", (how) => {
    expect(answer({ "<": [{ var: "a" }, 3] }, { a: 2 }, how)).toEqual({ value: true });
    expect(answer({ filter: [{ var: "a" }, { ">": [{ var: "" }, 1] }] }, { a: [1, 2] }, how)).toEqual({ value: [2] });
    expect(answer({ bogus: 1 }, {}, how)).toEqual({ threw: "Unrecognized operation bogus" });
  });

  it("and what it throws is a text, whatever it is", () => {
    const data = {
      get a() {
        throw "no error at all";
      },
    };
    expect(answer({ var: "a" }, data)).toEqual({ threw: "no error at all" });
  });

  it.each<[string, JsonValue]>([
    ["map", { map: [numbers(1000), { map: [numbers(1000), 1] }] }],
    ["filter", { filter: [numbers(1000), { filter: [numbers(1000), true] }] }],
    ["all", { all: [numbers(1000), { all: [numbers(1000), true] }] }],
    ["some", { some: [numbers(1000), { some: [numbers(1000), false] }] }],
    ["none", { none: [numbers(1000), { "!": [{ none: [numbers(1000), false] }] }] }],
    ["reduce", { reduce: [numbers(40), { "+": [{ reduce: [numbers(10_000), 1, 0] }, 1] }, 0] }],
    ["cat", { cat: numbers(40).map(() => ({ var: "long" })) }],
    ["merge", { merge: numbers(40).map(() => ({ var: "list" })) }],
  ])("within bounds where a rule may cost more than it is long, with %s", (_, rule) => {
    expect(answer(rule, { long: "x".repeat(200_000), list: ["x".repeat(200_000)] })).toEqual({
      skipped: "it would take too long or grow too large",
    });
  });

  it("without bounds where a rule costs no more than it is long, unless the data may be hostile", () => {
    const rule: JsonValue = { and: [{ "===": [{ var: "a" }, "x"] }, { "!": [{ var: "b" }] }] };
    const data = { a: "x".repeat(5_000_000) };

    expect(answer(rule, data)).toEqual({ value: false });
    expect(answer(rule, data, "bounded")).toHaveProperty("skipped");
  });

  it("within bounds where one text is searched for another, and both are long", () => {
    const half = "a".repeat(20_000);
    const data = { needle: `${half}b${half}`, haystack: "a".repeat(100_000) };
    const search = { in: [{ var: "needle" }, { var: "haystack" }] };

    expect(answer(search, data, "bounded")).toHaveProperty("skipped");
    expect(answer({ and: [true, { "!": search }] }, data, "bounded")).toHaveProperty("skipped");
    expect(answer({ in: ["ab", { var: "haystack" }] }, data, "bounded")).toEqual({ value: false });
    expect(answer({ in: ["ab", { cat: [{ var: "haystack" }, "b"] }] }, data, "bounded")).toEqual({ value: true });
    expect(answer({ in: [{ var: "needle" }, [half, { var: "needle" }]] }, data, "bounded")).toEqual({ value: true });
  });

  it("within bounds where a long literal is read again and again", () => {
    const path = "a.".repeat(20_000);

    expect(answer({ map: [numbers(1000), { var: path }] }, {})).toHaveProperty("skipped");
    expect(answer({ var: path }, {}, "bounded")).toEqual({ value: null });
  });

  it.each<[string, JsonValue]>([
    ["missing", { "!": [{ missing: { var: "keys" } }] }],
    ["missing_some", { "!": [{ missing_some: [1, { var: "keys" }] }] }],
  ])("and evaluates no data as logic, with %s", (_, rule) => {
    expect(answer(rule, { keys: [{ cat: ["a"] }] })).toEqual({ skipped: "it would evaluate data as logic" });
  });
});

describe("json-logic-js within bounds", () => {
  const written = vi.spyOn(console, "log");
  afterEach(() => written.mockReset());

  it("writes nothing to the output: a log comes to its operand", () => {
    expect(answer({ log: { var: "a" } }, { a: 7 })).toEqual({ value: 7 });
    expect(answer({ "+": [{ log: [{ var: "a" }, 9] }, 1] }, { a: 7 })).toEqual({ value: 8 });
    expect(answer({ log: [] }, {})).toEqual({ value: undefined });
    expect(answer({ log: 1, "!": 2 }, {}, "bounded")).toEqual({ value: { log: 1, "!": 2 } });
    expect(written).not.toHaveBeenCalled();
  });

  it("looks up any plain key that is missing, and a list of them", () => {
    const data = { a: 1, b: { c: null }, keys: ["a", "b.c", 7], one: "gone" };

    expect(answer({ missing: ["a", "b.c", "gone"] }, data)).toEqual({ value: ["b.c", "gone"] });
    expect(answer({ missing: { var: "keys" } }, data)).toEqual({ value: ["b.c", 7] });
    expect(answer({ missing: { var: "one" } }, data)).toEqual({ value: ["gone"] });
    expect(answer({ missing_some: [1, { var: "keys" }] }, data)).toEqual({ value: [] });
    expect(answer({ missing_some: [2, { var: "keys" }] }, data)).toEqual({ value: ["b.c", 7] });
  });

  it("takes the whole data for what a null looks up, as ever", () => {
    expect(answer({ missing: { var: "keys" } }, { keys: [null] })).toEqual({ value: [] });
  });

  it.each<[JsonValue, boolean]>([
    [{ var: "a" }, true],
    [{ var: null }, true],
    [{ missing: "a" }, true],
    [{ missing: ["a", 7] }, true],
    [{ var: {} }, false],
    [{ missing: ["a", {}] }, false],
    [{ missing: {} }, false],
    [{ cat: "a" }, false],
    [{ missing_some: [1, ["a"]] }, false],
    [{}, false],
    [{ var: "a", missing: "b" }, false],
  ])("is handed %j of the data to evaluate: %s", (rule, evaluates) => {
    const asked = boundedApply({ apply: () => "evaluated" }, { rule, parts: new Set() }, {});

    expect(asked).toEqual(evaluates ? { value: "evaluated" } : { skipped: "it would evaluate data as logic" });
  });

  it("is itself again afterwards, whatever came out", () => {
    answer({ cat: ["a"] }, {});
    answer({ cat: [{ bogus: 1 }] }, {});
    answer({ missing: { var: "keys" } }, { keys: [{ cat: ["a"] }] });

    // Not one of the rule's own parts: within bounds it would have been refused.
    expect(answer({ "+": [1, 2] }, {})).toEqual({ value: 3 });
    expect(answer({ map: [[1], { var: "" }] }, {}, "bounded")).toEqual({ value: [1] });
  });

  it("takes what it may cost to the last step: each expression, and what comes out by its size", () => {
    // The operator, its operand and that one's path, of one character; then the text comes out of both of them.
    const joined = (length: number) => answer({ cat: [{ var: "a" }] }, { a: "x".repeat(length) });
    const listed = (length: number) => answer({ merge: [{ var: "a" }] }, { a: ["x".repeat(length)] });

    expect(joined(1_999_969)).toHaveProperty("value");
    expect(joined(1_999_970)).toHaveProperty("skipped");
    expect(listed(1_999_967)).toHaveProperty("value");
    expect(listed(1_999_968)).toHaveProperty("skipped");
  });
});

describe("what is left of our answer", () => {
  const left = (ours: JsonValue, stock: StockAnswer | null) => secondKey({ kind: "known", value: ours }, stock);
  const unknown = (reason: string) => ({ result: unknownBecause(reason), disagreement: null });

  it.each<[JsonValue, unknown]>([
    [true, true],
    [false, false],
    ["up", "up"],
    [
      [1, { a: 2 }],
      [1, { a: 2 }],
    ],
    [0, 0],
  ])("is the answer, where ours is %j and json-logic-js says the same", (ours, value) => {
    const judged = { kind: "known", value: ours } as const;

    expect(secondKey(judged, { value })).toEqual({ result: judged, disagreement: null });
  });

  it.each([null, 0, "", [], undefined])("is a false where json-logic-js comes to %j: that is as false", (value) => {
    expect(left(false, { value })).toEqual({ result: { kind: "known", value: false }, disagreement: null });
  });

  it("is unknown where the two are as true, and not the same", () => {
    expect(left(1, { value: 2 })).toEqual(unknown("json-logic-js comes to 2, and not to 1"));
    expect(left(true, { value: "x".repeat(101) })).toEqual(
      unknown(`json-logic-js comes to "${"x".repeat(100)}", and not to true`),
    );
    expect(left([1], { value: { a: 1 } })).toEqual(unknown("json-logic-js comes to an object, and not to a list"));
    expect(left(0, { value: null })).toEqual(unknown("json-logic-js comes to nothing, and not to 0"));
  });

  it("is unknown where json-logic-js was not asked, or was stopped: that is no disagreement", () => {
    expect(left(true, null)).toEqual(unknown("json-logic-js was not asked"));
    expect(left(true, { skipped: "it would take too long" })).toEqual(
      unknown("json-logic-js was stopped: it would take too long"),
    );
  });

  it.each<[JsonValue, StockAnswer, string]>([
    [true, { value: false }, "our judge says true, json-logic-js says false"],
    [false, { value: [0] }, "our judge says false, json-logic-js says a list"],
    [true, { value: [] }, "our judge says true, json-logic-js says a list"],
    [true, { value: undefined }, "our judge says true, json-logic-js says nothing"],
    [{ a: 1 }, { value: "" }, 'our judge says an object, json-logic-js says ""'],
    [false, { threw: "no such thing" }, "our judge says false, json-logic-js throws: no such thing"],
    [true, { threw: "no such thing" }, "our judge says true, json-logic-js throws: no such thing"],
  ])("is unknown where ours is %j and json-logic-js contradicts, and that pages", (ours, stock, disagreement) => {
    expect(left(ours, stock)).toEqual({
      result: unknownBecause(`the two keys disagree: ${disagreement}`),
      disagreement,
    });
  });

  it("is our own unknown, whatever json-logic-js says", () => {
    const ours = unknownBecause("late");
    for (const stock of [{ value: true }, { threw: "x" }, null])
      expect(secondKey(ours, stock)).toEqual({ result: ours, disagreement: null });
  });

  it("is unknown of values that are too large to be compared", () => {
    const large = () => ["x".repeat(LARGEST_VALUE)];
    expect(left(large(), { value: large() })).toEqual(unknown("json-logic-js comes to a list, and not to a list"));
  });
});
