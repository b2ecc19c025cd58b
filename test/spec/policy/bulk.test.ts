import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { bulkOf, isSameValue, LARGEST_VALUE } from "../../../src/policy/logic/bulk.ts";

const nestedIn = (levels: number, innermost: JsonValue, around: (value: JsonValue) => JsonValue): JsonValue => {
  let value = innermost;
  for (let level = 0; level < levels; level += 1) value = around(value);
  return value;
};
const inLists = (levels: number, innermost: JsonValue): JsonValue => nestedIn(levels, innermost, (value) => [value]);

describe("a value too deep to be written", () => {
  it("begins below two hundred levels, of which an empty list is one", () => {
    expect([bulkOf(inLists(200, [])), bulkOf(inLists(201, []))]).toEqual([201, Number.POSITIVE_INFINITY]);
    expect(bulkOf(nestedIn(201, {}, (value) => ({ a: value })))).toBe(Number.POSITIVE_INFINITY);
    expect(bulkOf([1, inLists(199, 1), inLists(250, 1), 1])).toBe(Number.POSITIVE_INFINITY);
  });

  it("is found without going to its end", () => {
    expect(bulkOf(inLists(100_000, 1))).toBe(Number.POSITIVE_INFINITY);
    expect(bulkOf(nestedIn(300, [], (value) => [value, value]))).toBe(Number.POSITIVE_INFINITY);
  });

  it("holds parts that are not, and those are measured as if they stood alone", () => {
    const inner = inLists(200, []);
    expect(bulkOf([inLists(1, inner)])).toBe(Number.POSITIVE_INFINITY);
    expect(bulkOf(inner)).toBe(201);
  });
});

describe("a value is measured once", () => {
  it.each<[string, JsonValue, number]>([
    ["as far as it can be written", [1, 2], 3],
    ["too deep to be", inLists(250, 1), Number.POSITIVE_INFINITY],
  ])("where it is %s", (_, held, bulk) => {
    let looks = 0;
    const list = new Proxy([held], {
      ownKeys: (target) => {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    });
    expect([bulkOf(list), bulkOf(list)]).toEqual([bulk + 1, bulk + 1]);
    expect(looks).toBe(1);
  });
});

describe("two values", () => {
  it("are not the same because JSON has no text for one of them", () => {
    expect([isSameValue(null, Number.NaN), isSameValue(Number.POSITIVE_INFINITY, null)]).toEqual([false, false]);
  });

  it("are compared up to the largest that is written out, and not beyond", () => {
    const text = "x".repeat(LARGEST_VALUE - 2);
    expect(isSameValue([text], [text])).toBe(true);
    expect(isSameValue([`${text}x`], [`${text}x`])).toBe(false);
  });

  it("are not written out to be compared where either is too large", () => {
    const toJSON = (): never => {
      throw new Error("it was written out");
    };
    const large = { toJSON, held: "x".repeat(LARGEST_VALUE) };
    expect([isSameValue(large, [1]), isSameValue([1], large)]).toEqual([false, false]);
  });
});
