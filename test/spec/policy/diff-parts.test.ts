import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { changedGroups, type Part, partsOf } from "../../../src/policy/diff/parts.ts";

const below = (path: string, limit: number): JsonValue => ({ "<": [{ var: path }, limit] });
const mean = (path: string, window: string, limit = 5): JsonValue => ({
  "<": [{ stat: [path, "avg", window] }, limit],
});
const [LAG, RECORDS, LETTERS] = ["forward.lagSeconds", "forward.lagRecords", "forward.deadLetters"];

const parts = (gates: Readonly<Record<string, readonly JsonValue[]>>): readonly Part[] =>
  Object.entries(gates).flatMap(([owner, rules]) => partsOf({ and: rules }, "and", owner));
/** Each group in the words of its parts. */
const groups = (before: readonly Part[], after: readonly Part[]) => {
  const say = (list: readonly Part[]): readonly string[] => list.map(({ says }) => says);
  return changedGroups(before, after).map((group) => [say(group.before), say(group.after), say(group.company)]);
};

describe("the parts of a rule", () => {
  it("are what its connective joins, however deep, and nothing that another one does", () => {
    const rule = { and: [below(LAG, 5), { and: [below(RECORDS, 6), { or: [below(LAG, 1), below(LETTERS, 2)] }] }] };
    expect(partsOf(rule, "and", "x").map(({ owner, says }) => [owner, says])).toEqual([
      ["x", "forward.lagSeconds < 5"],
      ["x", "forward.lagRecords < 6"],
      ["x", "forward.lagSeconds < 1 or forward.deadLetters < 2"],
    ]);
    expect(partsOf(rule, "or", "x")).toHaveLength(1);
  });
});

describe("what changed", () => {
  it("is looked at by itself where it has to do with nothing else that did", () => {
    const before = parts({ x: [below(LAG, 5), below(RECORDS, 6), below(LETTERS, 7)] });
    const after = parts({ x: [below(LAG, 9), below(RECORDS, 8), below(LETTERS, 7)] });
    expect(groups(before, after)).toEqual([
      [["forward.lagSeconds < 5"], ["forward.lagSeconds < 9"], []],
      [["forward.lagRecords < 6"], ["forward.lagRecords < 8"], []],
    ]);
  });

  it("is nothing that only stands in another gate", () => {
    expect(groups(parts({ x: [below(LAG, 5)] }), parts({ y: [below(LAG, 5)] }))).toEqual([]);
  });

  it("is looked at beside all that looks at the same as one of its parts, and did not change", () => {
    const either: JsonValue = { or: [below(LAG, 3), below(RECORDS, 4)] };
    const kept = [below(RECORDS, 6), below(LAG, 20), below(LETTERS, 7)];
    expect(groups(parts({ x: [below(LAG, 5), ...kept] }), parts({ x: [either, ...kept] }))).toEqual([
      [
        ["forward.lagSeconds < 5"],
        ["forward.lagSeconds < 3 or forward.lagRecords < 4"],
        ["forward.lagRecords < 6", "forward.lagSeconds < 20"],
      ],
    ]);
  });

  it("is looked at together where one part has to do with two that have not with each other", () => {
    const either: JsonValue = { or: [below(LAG, 3), below(RECORDS, 4)] };
    expect(groups(parts({ x: [below(LAG, 5), below(RECORDS, 6)] }), parts({ y: [either] }))).toEqual([
      [["forward.lagSeconds < 5", "forward.lagRecords < 6"], ["forward.lagSeconds < 3 or forward.lagRecords < 4"], []],
    ]);
  });

  it("is looked at together in one gate where it is made of the same signal, and apart in two", () => {
    const [old, now] = [mean("green.requests", "3m"), mean("green.requests", "15m")];
    expect(groups(parts({ x: [old] }), parts({ x: [now] }))).toHaveLength(1);
    expect(groups(parts({ x: [old] }), parts({ y: [now] }))).toHaveLength(2);
    expect(groups(parts({ x: [old] }), parts({ x: [mean("blue.requests", "3m")] }))).toHaveLength(2);
  });

  it("is looked at together where one signal of several is the same", () => {
    const rate: JsonValue = { "<": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.1] };
    const mine = mean("green.requests", "3m");
    expect(groups(parts({ x: [rate] }), parts({ x: [mine] }))).toHaveLength(1);
    expect(groups(parts({ x: [mine] }), parts({ x: [rate] }))).toHaveLength(1);
  });
});
