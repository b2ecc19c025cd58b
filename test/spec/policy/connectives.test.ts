import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { walkRule } from "../../../src/policy/logic/walk.ts";
import { comesTo } from "../../support/walked.ts";

const GONE: JsonValue = { var: "gone" };
const ALSO_GONE: JsonValue = { var: "also" };
const gone = ["gone: no value"];

describe("and, or", () => {
  it.each<[JsonValue, JsonValue]>([
    [{ and: [1, "a", true] }, true],
    [{ and: [1, "a"] }, "a"],
    [{ and: [1, "", 0] }, ""],
    [{ and: [[], 1] }, []],
    [{ and: [1, null] }, null],
    [{ or: [0, null] }, null],
    [{ or: [0, "a", 1] }, "a"],
    [{ or: [0, ""] }, ""],
    [{ or: [[1], true] }, [1]],
    [{ and: [true, GONE] }, gone],
    [{ or: [false, GONE] }, gone],
    [{ and: [GONE, true, ALSO_GONE] }, ["gone: no value", "also: no value"]],
    [{ or: [GONE, ALSO_GONE] }, ["gone: no value", "also: no value"]],
    [{ and: [{ and: [GONE, false] }, GONE] }, false],
    [{ or: [{ or: [GONE, 2] }, GONE] }, 2],
  ])("%j comes to %j", (rule, comes) => {
    expect(comesTo(rule)).toEqual(comes);
  });

  it("evaluate every operand, also behind the one that decides", () => {
    const { comparisons, trace } = walkRule({ and: [false, { "<": [{ var: "a" }, 1] }] }, { a: 0 });
    expect(comparisons).toHaveLength(1);
    expect(trace.map(({ at, operands }) => [at, operands])).toEqual([
      ["/and", [false, true]],
      ["/and/1/<", [0, 1]],
    ]);
  });
});

describe("if", () => {
  it.each<[JsonValue, JsonValue]>([
    [{ if: [true, 1, 2] }, 1],
    [{ if: [0, 1, 2] }, 2],
    [{ if: [[], 1, "x", 2, 3] }, 2],
    [{ if: [false, 1, false, 2, 3] }, 3],
    [{ if: [7] }, 7],
    [{ if: [true, GONE, 2] }, gone],
    [{ if: [false, GONE, 2] }, 2],
    [{ if: [false, 1, GONE, 2, 3] }, gone],
    [{ if: [false, 1, GONE] }, gone],
    [{ if: [false, 1] }, ["if: no branch taken"]],
    [{ "?:": [false, 1, 2] }, 2],
  ])("%j comes to %j", (rule, comes) => {
    expect(comesTo(rule)).toEqual(comes);
  });

  it("looks at the truth of a condition, and at the value of what it comes to, unless only its truth is asked for", () => {
    const unsure: JsonValue = { and: [GONE, false] };
    expect(comesTo({ "===": [{ if: [unsure, 1, 2] }, 2] })).toBe(true);
    expect(comesTo({ "===": [{ if: [false, 1, unsure, 2, 3] }, 3] })).toBe(true);
    expect(comesTo({ "===": [{ if: [true, unsure, 2] }, false] })).toEqual(gone);
    expect(comesTo({ "===": [{ if: [false, 1, unsure] }, false] })).toEqual(gone);
    expect(comesTo({ "===": [{ if: [unsure] }, false] })).toEqual(gone);
    expect(comesTo({ "!": [{ if: [false, 1, unsure] }] })).toBe(true);
  });

  it("evaluates no further than to the branch it takes, and the trace shows how far", () => {
    const operandsOf = (rule: JsonValue) => walkRule(rule, {}).trace[0]?.operands;
    expect(operandsOf({ if: [false, 1, true, 2, 3] })).toEqual([false, true, 2]);
    expect(operandsOf({ if: [false, 1, false, 2, 3] })).toEqual([false, false, 3]);
    expect(operandsOf({ if: [GONE, 1, 2] })).toEqual([null]);
    expect(operandsOf({ if: [false, 1] })).toEqual([false]);
  });
});

describe("not", () => {
  it.each<[JsonValue, JsonValue]>([
    [{ "!": [true] }, false],
    [{ "!": 0 }, true],
    [{ "!": [[]] }, true],
    [{ "!!": ["a"] }, true],
    [{ "!!": [[[]]] }, true],
    [{ "!!": [""] }, false],
    [{ "!": [GONE] }, gone],
    [{ "!!": [GONE] }, gone],
  ])("%j comes to %j", (rule, comes) => {
    expect(comesTo(rule)).toEqual(comes);
  });

  it("turns comparisons round as often as it stands above them, and twice not does not", () => {
    const below: JsonValue = { "<": [{ var: "a" }, 5] };
    const read = (rule: JsonValue) =>
      walkRule(rule, { a: 1 }).comparisons.map(({ operator, holds }) => [operator, holds]);
    expect(read({ "!": below })).toEqual([[">=", false]]);
    expect(read({ "!": [{ "!": below }] })).toEqual([["<", true]]);
    expect(read({ "!!": below })).toEqual([["<", true]]);
    expect(read({ "!": [{ "!!": [below] }] })).toEqual([[">=", false]]);
    expect(read({ "!": [{ and: [true, below] }] })).toEqual([[">=", false]]);
  });

  it("stands in the trace with its operand", () => {
    expect(walkRule({ "!": [{ "!!": ["a"] }] }, {}).trace.map(({ operands }) => operands)).toEqual([[true], ["a"]]);
  });
});
