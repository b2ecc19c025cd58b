import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { type Literals, literalsOf, rowKey } from "../../../src/policy/diff/literals.ts";
import { openRule, signalQuantity } from "../../../src/policy/diff/quantities.ts";

/** What is compared with what, in rules of a policy. */
const found = (...rules: readonly JsonValue[]): ReadonlyMap<string, Literals> => {
  const opened = rules.map(openRule);
  const quantities = opened.flatMap((each) => each.quantities);
  return literalsOf(opened, [...new Map(quantities.map((each) => [each.key, each])).values()]);
};
const keyOf = (rule: JsonValue): string => openRule({ "!!": [rule] }).quantities[0]?.key ?? "";

const signal = (path: string): JsonValue => ({ var: path });
const key = (path: string): string => signalQuantity(path).key;
const greatest = (window: string, path = "forward.lagSeconds"): JsonValue => ({ stat: [path, "max", window] });
const [LAG, RECORDS, LETTERS] = ["forward.lagSeconds", "forward.lagRecords", "forward.deadLetters"];

describe("the literals of a quantity", () => {
  it("are those of all comparisons it stands in, wherever they stand, each once", () => {
    const rule = {
      or: [{ "<": [signal(LAG), 5] }, { "!": [{ ">=": [9, signal(LAG)] }] }, { "===": [signal(LAG), 5] }],
    };
    expect(found(rule, { "<": [signal(RECORDS), 7] }).get(key(LAG))).toMatchObject({ numbers: [5, 9], texts: [] });
  });

  it("are texts as well as numbers, in lists too, and nothing is none", () => {
    const state = signal("forward.state");
    const rules = [
      { "===": [state, "RUNNING"] },
      { in: [state, ["PAUSED", "RUNNING", "FAILED"]] },
      { "!==": [state, null] },
    ];
    expect(found(...rules).get(key("forward.state"))).toMatchObject({
      numbers: [],
      texts: ["RUNNING", "PAUSED", "FAILED"],
      abreast: 1,
    });
  });

  it("are what it is capped with, too", () => {
    expect(
      found({ "<": [{ max: [signal(LAG), 3] }, 5] })
        .get(key(LAG))
        ?.numbers.toSorted(),
    ).toEqual([3, 5]);
    expect(found({ "!!": [{ min: [signal(LAG), 3] }] }).get(key(LAG))?.numbers).toEqual([3]);
  });

  it("are no literals of arithmetic that stands by itself", () => {
    expect(found({ "!!": [signal(LAG)] }).get(key(LAG))).toBeUndefined();
  });

  it("are shared by all that are compared with each other, and as many values are wanted", () => {
    const literals = found(
      { "<": [signal(LAG), 5] },
      { "<": [signal(LETTERS), 8] },
      { ">": [signal(LAG), signal(RECORDS)] },
      { "<": [signal(RECORDS), 7] },
    );
    for (const path of [LAG, RECORDS])
      expect(literals.get(key(path))).toMatchObject({ numbers: [5, 7], texts: [], abreast: 2 });
    expect(literals.get(key(LETTERS))).toMatchObject({ numbers: [8], abreast: 1 });
  });

  it("are shared by texts that are compared with each other", () => {
    const [forward, reverse] = [signal("forward.state"), signal("reverse.state")];
    const literals = found(
      { "===": [forward, "RUNNING"] },
      { "===": [forward, reverse] },
      { "!==": [reverse, "FAILED"] },
    );
    expect(literals.get(key("reverse.state"))?.texts).toEqual(["RUNNING", "FAILED"]);
    expect(literals.get(key("forward.state"))?.texts).toEqual(["RUNNING", "FAILED"]);
  });

  it("are shared by those of which one is never above the other, and by no others", () => {
    const literals = found(
      { "<": [greatest("3m"), 5] },
      { "<": [greatest("3m", RECORDS), 7] },
      { "<": [greatest("15m"), 9] },
    );
    for (const window of ["3m", "15m"]) expect(literals.get(keyOf(greatest(window)))?.numbers).toEqual([5, 9]);
    expect(literals.get(keyOf(greatest("3m", RECORDS)))?.numbers).toEqual([7]);
    expect(literals.get(keyOf(greatest("3m")))?.abreast).toBe(1);
  });

  it("are those of a signal in minutes apart from those of the signal now", () => {
    const all = (path: string, limit: number): JsonValue => ({
      all: [{ window: ["5m"] }, { "<": [signal(path), limit] }],
    });
    const literals = found({ "<": [signal(LAG), 5] }, { or: [all(LAG, 3), all(RECORDS, 7)] });
    expect(literals.get(rowKey(LAG))?.numbers).toEqual([3]);
    expect(literals.get(rowKey(RECORDS))?.numbers).toEqual([7]);
    expect(literals.get(key(LAG))?.numbers).toEqual([5]);
  });
});
