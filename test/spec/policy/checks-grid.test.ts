import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { type Axis, asTruth, asVerdict, gridOf, truthOf, visit } from "../../../src/policy/checks/meaning/grid.ts";
import { ruleTree } from "../../../src/policy/checks/meaning/rule-tree.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

describe("the combinations that are looked at", () => {
  const axes = (...sizes: readonly number[]): readonly Pick<Axis, "points">[] =>
    sizes.map((size) => ({ points: Array.from({ length: size }, (_, index) => index) }));
  const seen = (most: number, ...sizes: readonly number[]): readonly string[] => {
    const found: string[] = [];
    visit(axes(...sizes), most, (indexes) => found.push(indexes.join(" ")));
    return found;
  };

  it("are all, each once, where they are not too many", () => {
    expect(seen(6, 2, 3)).toEqual(["0 0", "1 0", "0 1", "1 1", "0 2", "1 2"]);
    expect(seen(6)).toEqual([""]);
    expect(seen(0, 2)).toEqual([]);
  });

  it("are else so many, each once, and every point of each axis", () => {
    for (const [most, sizes] of [
      [50, [10, 12]],
      [7, [4, 4]],
      [100, [10, 10, 10]],
    ] as const) {
      const found = seen(most, ...sizes);

      expect(found).toHaveLength(most);
      expect(new Set(found).size).toBe(most);
      for (const [axis, size] of sizes.entries())
        if (most >= 10 * size) expect(new Set(found.map((each) => each.split(" ")[axis])).size).toBe(size);
    }
  });

  it("are none of what nobody could ever look at", () => {
    const found = seen(10, 10_000, 10_000, 10_000, 10_000);

    expect(found).toEqual([]);
    expect(seen(10, 10_000, 10_000, 10_000)).toHaveLength(10);
  });
});

describe("what a rule comes to", () => {
  it("is a truth as JSON-logic asks for it, or as a verdict is read", () => {
    for (const [value, truth, verdict] of [
      [true, true, true],
      [false, false, false],
      [1, true, null],
      [0, false, null],
      ["", false, null],
    ] as const)
      expect([asTruth(value), asVerdict(value)]).toEqual([truth, verdict]);
  });

  it("is none where a value is not there", () => {
    const truth = truthOf({ "<": [{ var: "now.a" }, 5] });

    expect(truth({ now: { a: 3 } })).toBe(true);
    expect(truth({ now: { a: 7 } })).toBe(false);
    expect(truth({ now: {} })).toBeNull();
  });

  const treeOf = (rule: JsonValue) => {
    const tree = ruleTree(rule, "/at", STANDARD_OPERATIONS);
    if (tree === null) throw new Error("it is understood");
    return tree;
  };

  it("is looked up and not reckoned anew, and costs its conditions once", () => {
    const effort = { left: 1_000 };
    const grid = gridOf(
      treeOf({ and: [{ "<": [{ var: "forward.lagSeconds" }, 5] }, { ">": [{ var: "forward.lagSeconds" }, 1] }] }),
      effort,
    );

    expect(grid.whole).toBe(true);
    grid.visit((indexes) => grid.truthAt(indexes));
    const [axis] = grid.axes;
    expect(effort.left).toBe(1_000 - 2 * (axis?.points.length ?? 0));
    grid.visit((indexes) => grid.truthAt(indexes));
    expect(effort.left).toBe(1_000 - 2 * (axis?.points.length ?? 0));
  });

  it("is each combination's own", () => {
    const grid = gridOf(treeOf({ "<": [{ var: "forward.lagSeconds" }, { var: "reverse.lagSeconds" }] }), {
      left: 1_000,
    });

    expect(grid.axes.map(({ variable }) => variable.name)).toEqual(["forward.lagSeconds", "reverse.lagSeconds"]);
    expect([grid.truthAt([0, 2]), grid.truthAt([2, 0]), grid.truthAt([1, 1]), grid.truthAt([0, 1])]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it("is each combination's own, whatever the number of points", () => {
    const grid = gridOf(
      treeOf({ and: [{ "<": [{ var: "forward.lagSeconds" }, 5] }, { "===": [{ var: "forward.stalled" }, true] }] }),
      { left: 1_000 },
    );
    const [, flag] = grid.axes;

    expect(flag?.points).toEqual([false, true]);
    expect([grid.truthAt([2, 0]), grid.truthAt([0, 1]), grid.truthAt([2, 1])]).toEqual([false, true, true]);
  });

  it("is that of a window of which nothing is read, and of one that is added up beside something else", () => {
    const sum: JsonValue = {
      reduce: [{ window: ["5m"] }, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0],
    };
    const grid = gridOf(treeOf({ and: [{ ">": [sum, 4] }, { "<": [{ var: "alarms.firing" }, 5] }] }), { left: 10_000 });
    const ofOne = grid.axes[0]?.points.indexOf(1) ?? -1;

    expect(gridOf(treeOf({ "!!": [{ window: ["5m"] }] }), { left: 10 }).truthAt([])).toBe(true);
    expect([grid.truthAt([ofOne, 0]), grid.truthAt([0, 0])]).toEqual([true, false]);
  });

  it.each<[string, JsonValue]>([
    ["now", { "!": [{ missing: ["lb.requests"] }] }],
    ["in a minute", { all: [{ window: ["3m"] }, { "!": [{ missing: ["lb.requests"] }] }] }],
    [
      "in a minute that is added up",
      {
        reduce: [
          { window: ["3m"] },
          { and: [{ var: "accumulator" }, { "!": [{ missing: ["current.lb.requests"] }] }] },
          true,
        ],
      },
    ],
  ])("is told of what is missing %s", (_, rule) => {
    const grid = gridOf(treeOf(rule), { left: 10 });

    expect([grid.truthAt([0]), grid.truthAt([1])]).toEqual([true, false]);
  });

  it("is that of a condition, where no connective stands above it", () => {
    for (const rule of [true, null, 5, "x"] as const)
      expect(ruleTree(rule, "/at", STANDARD_OPERATIONS)).toMatchObject({ kind: "condition", at: "/at" });
    expect(ruleTree({ "/": [{ var: "lb.requests" }, 5] }, "/at", STANDARD_OPERATIONS)).toMatchObject({ at: "/at/~1" });
    expect(ruleTree({ "!": { var: "forward.stalled" } }, "/at", STANDARD_OPERATIONS)).toMatchObject({
      kind: "!",
      parts: [{ at: "/at/!/var" }],
    });
  });

  it("is not claimed of the whole where there is no time for all of it", () => {
    const rule: JsonValue = {
      and: [{ "<": [{ var: "forward.lagSeconds" }, 5] }, { "<": [{ var: "reverse.lagSeconds" }, 5] }],
    };
    const points = gridOf(treeOf(rule), { left: 1e9 }).axes.reduce((size, axis) => size * axis.points.length, 1);

    expect(gridOf(treeOf(rule), { left: 2 * points }).whole).toBe(true);
    expect(gridOf(treeOf(rule), { left: 2 * points - 1 }).whole).toBe(false);
    let looked = 0;
    gridOf(treeOf(rule), { left: -5 }).visit(() => {
      looked += 1;
    });
    expect(looked).toBe(0);
  });
});
