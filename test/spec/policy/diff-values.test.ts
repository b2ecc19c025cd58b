import { describe, expect, it } from "vitest";
import { NO_LITERALS } from "../../../src/policy/diff/literals.ts";
import { type Quantity, signalQuantity } from "../../../src/policy/diff/quantities.ts";
import { type Value, valuesOf } from "../../../src/policy/diff/values.ts";

const number = (limits: Partial<Quantity> = {}): Quantity => ({
  ...signalQuantity("no.such"),
  ...{ type: "number", least: null, most: null, whole: false },
  ...limits,
});
const held = (numbers: readonly number[], abreast = 1) => ({ ...NO_LITERALS, numbers, abreast });

/** How many lie below the first literal, on each, between each two, and above the last. */
const spread = (values: readonly Value[], literals: readonly number[]): readonly number[] => {
  const edges = [Number.NEGATIVE_INFINITY, ...literals, Number.POSITIVE_INFINITY];
  const numbers = values.filter((value) => typeof value === "number");
  expect(numbers).toHaveLength(values.length);
  return edges.slice(1).flatMap((edge, index) => {
    const between = numbers.filter((value) => value > (edges[index] ?? 0) && value < edge).length;
    return edge === Number.POSITIVE_INFINITY ? [between] : [between, numbers.filter((value) => value === edge).length];
  });
};

describe("the values that stand for all others", () => {
  it("of yes and no are both", () => {
    expect(valuesOf(signalQuantity("forward.drained"), held([3]))).toEqual([true, false]);
  });

  it("of a text are all it can have, all it is compared with, and one more", () => {
    const state = signalQuantity("forward.state");
    const found = valuesOf(state, { ...NO_LITERALS, texts: ["GONE", "RUNNING"] });
    expect(found).toEqual([...state.values, "GONE", "?"]);
    expect(state.values).toContain("PAUSED");
  });

  it.each<[string, readonly number[], number, readonly number[]]>([
    ["one literal", [5], 1, [1, 1, 1]],
    ["literals in whichever order, some of them twice", [30, 2, 10, 2], 1, [1, 1, 1, 1, 1, 1, 1]],
    ["literals below zero", [-10, -2], 1, [1, 1, 1, 1, 1]],
    ["zero, which a slope is held against", [0], 2, [2, 1, 2]],
    ["two that are compared with each other", [2, 10], 2, [2, 1, 2, 1, 2]],
    ["four that are compared with each other", [2, 10], 4, [4, 1, 4, 1, 4]],
  ])(
    "of a number are its literals, and as many around and between as may differ: %s",
    (_, literals, abreast, found) => {
      const sorted = [...new Set(literals)].sort((a, b) => a - b);
      expect(spread(valuesOf(number(), held(literals, abreast)), sorted)).toEqual(found);
    },
  );

  it("of a number that is compared with none are several, and zero is one of them", () => {
    const found = valuesOf(number(), NO_LITERALS);
    expect(found).toContain(0);
    expect(found.filter((value) => Number(value) > 0).length).toBeGreaterThanOrEqual(2);
    expect(found.every((value) => typeof value === "number")).toBe(true);
  });

  it("of a number with ends are the ends as well, and what lies between them and its literals", () => {
    expect(spread(valuesOf(number({ least: 0 }), held([4])), [0, 4])).toEqual([0, 1, 1, 1, 1]);
    expect(spread(valuesOf(number({ least: 0, most: 25 }), held([10])), [0, 10, 25])).toEqual([0, 1, 1, 1, 1, 1, 0]);
  });

  it("of a number with ends never lie beyond them", () => {
    const found = spread(valuesOf(number({ least: 2, most: 25 }), held([3, 20])), [2, 3, 20, 25]);
    expect([found[0], found.at(-1)]).toEqual([0, 0]);
    expect([found[1], found[3], found[4], found[5], found[7]]).toEqual([1, 1, 1, 1, 1]);
    expect(valuesOf(number({ least: 0, most: 1 }), held([-3, 7]))).not.toContain(7);
    expect(valuesOf(number({ least: 0, most: 1 }), held([-3, 7]))).not.toContain(-3);
  });

  describe("of what is counted", () => {
    const counted = number({ whole: true, least: 0 });

    it("are whole, on both sides of what is no whole number, each once", () => {
      const found = valuesOf(counted, held([2.5, 3]));
      expect(found.every(Number.isInteger)).toBe(true);
      expect(found).toEqual(expect.arrayContaining([2, 3]));
      expect(new Set(found).size).toBe(found.length);
    });

    it.each<[number, number]>([
      [4, 2],
      [1, 2],
      [10, 4],
    ])("are as many beyond a literal of %s as may differ, which are %s, or all there are", (literal, abreast) => {
      const [below = 0, , above] = spread(valuesOf(counted, held([literal], abreast)), [literal]);
      expect(below).toBeGreaterThanOrEqual(Math.min(abreast, literal));
      expect(above).toBeGreaterThanOrEqual(abreast);
    });

    it("are all there are between two literals that are close", () => {
      expect(valuesOf(counted, held([0, 3], 2))).toEqual(expect.arrayContaining([0, 1, 2, 3]));
    });
  });
});
