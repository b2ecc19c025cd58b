import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { type Axis, asTruth, asVerdict, gridOf, truthOf, visit } from "../../../src/policy/checks/meaning/grid.ts";
import { type Measure, measureOfOperation, measureOfSignal } from "../../../src/policy/checks/meaning/measure.ts";
import { dataAt, representativePoints } from "../../../src/policy/checks/meaning/points.ts";
import {
  conditionsOf,
  independentGroups,
  ruleTree,
  variablesOf,
} from "../../../src/policy/checks/meaning/rule-tree.ts";
import { steadyTruths } from "../../../src/policy/checks/meaning/steady.ts";
import { freeSignals, requestsAt, steadyPoints } from "../../../src/policy/checks/meaning/steady-points.ts";
import { expressionOf, thresholdOf } from "../../../src/policy/checks/meaning/threshold.ts";
import { openExpression } from "../../../src/policy/checks/meaning/variables.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

describe("what a signal measures", () => {
  it("is as the catalogue says, counts and bytes in whole numbers", () => {
    expect(measureOfSignal("forward.lagSeconds")).toEqual({
      type: "number",
      unit: "seconds",
      least: 0,
      most: null,
      worse: "up",
      paths: ["forward.lagSeconds"],
    });
    expect(measureOfSignal("traffic.greenPercent")).toMatchObject({ least: 0, most: 100, worse: "none" });
    expect(measureOfSignal("green.errors5xx")).toMatchObject({ unit: "count", whole: true });
    expect(measureOfSignal("forward.slotRetainedBytes")).toMatchObject({ unit: "bytes", whole: true });
    expect(measureOfSignal("forward.state")).toMatchObject({ type: "text", least: null, most: null, worse: "none" });
    expect(measureOfSignal("forward.state")?.values?.[0]).toBe("RUNNING");
    expect(measureOfSignal("forward.lag")).toBeNull();
  });

  it("may be how well pawl sees, and not how well green does", () => {
    for (const path of ["alarms.unknown", "forward.unknownPartitions", "reverse.unknownPartitions"])
      expect(measureOfSignal(path)).toMatchObject({ quality: true });
    expect(measureOfSignal("alarms.firing")).not.toHaveProperty("quality");
  });
});

describe("what an operation measures", () => {
  const GREEN = ["green.errors5xx", "green.requests"];
  const BLUE = ["blue.errors5xx", "blue.requests"];
  const plain = { type: "number", unit: null, least: 0, most: null, worse: "none" } as const;

  it.each<[string, readonly (string | number)[], Measure | null]>([
    [
      "stat",
      ["green.errors5xx", "max", "3m"],
      { ...plain, unit: "count", worse: "up", whole: true, paths: ["green.errors5xx"] },
    ],
    ["stat", ["green.errors5xx", "avg", "3m"], { ...plain, unit: "count", worse: "up", paths: ["green.errors5xx"] }],
    [
      "stat",
      ["green.errors5xx", "sum", "3m"],
      { ...plain, unit: "count", worse: "up", whole: true, paths: ["green.errors5xx"] },
    ],
    ["stat", ["traffic.greenPercent", "sum", "3m"], { ...plain, unit: "percent", paths: ["traffic.greenPercent"] }],
    [
      "stat",
      ["traffic.greenPercent", "max", "3m"],
      { ...plain, unit: "percent", most: 100, paths: ["traffic.greenPercent"] },
    ],
    ["stat", ["green.errors5xx", "slope", "3m"], { ...plain, least: null, worse: "up", paths: ["green.errors5xx"] }],
    ["stat", ["forward.state", "max", "3m"], null],
    ["stat", ["forward.lag", "max", "3m"], null],
    ["rate", [...GREEN, "3m"], { ...plain, unit: "ratio", most: 1, worse: "up", paths: GREEN }],
    ["rate_upper", [...GREEN, "3m", 0.95], { ...plain, unit: "ratio", most: 1, worse: "up", paths: GREEN }],
    ["rate_lower", [...GREEN, "3m", 0.95], { ...plain, unit: "ratio", most: 1, worse: "up", paths: GREEN }],
    [
      "rate",
      ["green.errors5xx", "green.healthyHosts", "3m"],
      { ...plain, unit: "ratio", worse: "up", paths: ["green.errors5xx", "green.healthyHosts"] },
    ],
    [
      "rate",
      ["blue.requests", "lb.requests", "3m"],
      { ...plain, unit: "ratio", paths: ["blue.requests", "lb.requests"] },
    ],
    ["rate", ["green.errors5xx", "green.request", "3m"], null],
    ["rate", ["green.errors", "green.requests", "3m"], null],
    ["evidence_below", [...GREEN, 0.01, "step"], { ...plain, worse: "down", paths: GREEN }],
    ["evidence_above", [...GREEN, 0.01, "step"], { ...plain, worse: "up", paths: GREEN }],
    ["evidence_worse", [...GREEN, ...BLUE, 1.25, "step"], { ...plain, worse: "up", paths: [...GREEN, ...BLUE] }],
    ["evidence_below", ["green.requests", "green.errors5xx", 0.01, "step"], null],
    ["evidence_below", ["green.errors5xx", "green.request", 0.01, "step"], null],
    ["evidence_below", ["green.errors", "green.requests", 0.01, "step"], null],
    ["coverage", ["3m"], { ...plain, unit: "ratio", most: 1, worse: "down", quality: true, paths: [] }],
    [
      "coverage",
      ["green.requests", "3m"],
      { ...plain, unit: "ratio", most: 1, worse: "down", quality: true, paths: ["green.requests"] },
    ],
    ["age", ["green.requests"], { ...plain, unit: "seconds", worse: "up", quality: true, paths: ["green.requests"] }],
    [
      "known",
      ["green.requests"],
      {
        ...plain,
        type: "boolean",
        unit: "yes-no",
        least: null,
        worse: "false",
        quality: true,
        paths: ["green.requests"],
      },
    ],
    ["window", ["3m"], null],
  ])("%s of %j", (name, args, measure) => {
    expect(measureOfOperation(name, args)).toEqual(measure);
  });
});

describe("the points that stand for all values", () => {
  const number = { type: "number", unit: null, least: 0, most: null, worse: "up", paths: [] } as const;

  it("are the ends, the literals, and what lies just beside them and far", () => {
    expect(representativePoints(number, [10])).toEqual([0, 1, 5, 9.99, 10, 10.01, 20, 1e12]);
    expect(representativePoints({ ...number, least: null }, [-10])).toEqual([
      -1e12, -20, -10.01, -10, -9.99, -5, 0, 1, 1e12,
    ]);
    expect(representativePoints({ ...number, most: 12, whole: true }, [10])).toEqual([0, 1, 5, 9, 10, 11, 12]);
    expect(representativePoints({ ...number, whole: true }, [2.3])).toEqual([0, 1, 2, 3, 5, 1e12]);
    expect(representativePoints(number, [])).toEqual([0, 1, 1e12]);
    expect(representativePoints(number, [0])).toEqual([0, 1e-9, 1, 1e12]);
  });

  it("come from better to worse", () => {
    expect(representativePoints({ ...number, worse: "down", most: 1 }, [])).toEqual([1, 0]);
    expect(representativePoints({ ...number, worse: "none", most: 1 }, [])).toEqual([0, 1]);
    const flag = { ...number, type: "boolean" } as const;
    expect(representativePoints({ ...flag, worse: "false" }, [])).toEqual([true, false]);
    expect(representativePoints({ ...flag, worse: "true" }, [])).toEqual([false, true]);
  });

  it("of text are the values that there are and those that are asked for, or any other", () => {
    const text = { ...number, type: "text", worse: "none" } as const;

    expect(representativePoints({ ...text, values: ["UP", "DOWN"] }, ["OFF", "UP", 5])).toEqual(["UP", "DOWN", "OFF"]);
    expect(representativePoints(text, ["OFF", 5])).toEqual(["OFF", "?"]);
  });

  it("of numbers are no texts", () => {
    expect(representativePoints({ ...number, most: 1 }, ["5"])).toEqual([0, 1]);
  });

  it("stand where an expression looks for them, alike in every minute", () => {
    const placed = [
      { place: ["now", "forward", "lag"], value: 5 },
      { place: ["now", "forward", "state"], value: "UP" },
      { place: ["windows", "3m", "forward", "lag"], value: 6 },
      { place: ["windows", "3m", "forward", "state"], value: "DOWN" },
    ];
    const row = { forward: { lag: 6, state: "DOWN" } };

    expect(dataAt(placed, { rows: 2, windows: ["3m", "5m"] })).toEqual({
      now: { forward: { lag: 5, state: "UP" } },
      windows: { "3m": [row, row], "5m": [{}, {}] },
    });
  });
});

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

describe("the variables of a rule", () => {
  const namesOf = (rule: JsonValue) => {
    const tree = ruleTree(rule, "/at", STANDARD_OPERATIONS);
    return tree === null
      ? null
      : variablesOf(tree).map(({ variable, literals }) => `${variable.name}: ${[...literals].sort().join(" ")}`);
  };
  const LAG: JsonValue = { var: "forward.lagSeconds" };

  it.each<[string, JsonValue, readonly string[] | null]>([
    ["signals", { "<": [LAG, 5] }, ["forward.lagSeconds: 5"]],
    [
      "operations, as an operator would say them",
      { "<": [{ stat: ["forward.lagSeconds", "max", "3m"] }, 5] },
      ["max forward.lagSeconds over 3m: 5"],
    ],
    ["signals of minutes", { all: [{ window: ["3m"] }, { "<": [LAG, 5] }] }, ["forward.lagSeconds: 5"]],
    [
      "what is missing",
      { "!": [{ missing: ["forward.lagSeconds", "lb.requests"] }] },
      ["forward.lagSeconds, lb.requests missing: "],
    ],
    [
      "states with all that they are compared with",
      { and: [{ "===": [{ var: "forward.state" }, "RUNNING"] }, { "!==": [{ var: "forward.state" }, "PAUSED"] }] },
      ["forward.state: PAUSED RUNNING"],
    ],
    [
      "several, each with its own",
      { and: [{ "<": [LAG, 5] }, { ">": [{ var: "alarms.firing" }, 2] }] },
      ["forward.lagSeconds: 5", "alarms.firing: 2"],
    ],
    [
      "several that are compared, with all of them",
      {
        and: [{ "<": [LAG, 5] }, { "<": [LAG, { var: "reverse.lagSeconds" }] }, { "<": [{ var: "alarms.firing" }, 7] }],
      },
      ["forward.lagSeconds: 5", "reverse.lagSeconds: 5", "alarms.firing: 7"],
    ],
    [
      "what arithmetic comes to",
      { "<": [{ "+": [LAG, 2] }, 6] },
      ["forward.lagSeconds: -4 0 0.3333333333333333 1 12 2 3 36 4 6 8"],
    ],
    ["none that is not understood", { "<": [{ var: "forward.lag" }, 5] }, null],
    [
      "none beside one that is not understood",
      { and: [{ "<": [LAG, 5] }, { "<": [{ var: "forward.lag" }, 5] }] },
      null,
    ],
  ])("are %s", (_, rule, names) => {
    expect(namesOf(rule)).toEqual(names);
  });

  const openOf = (rule: JsonValue) => {
    const open = openExpression(rule, STANDARD_OPERATIONS);
    if (open === null) throw new Error("it is understood");
    return open;
  };
  const placesOf = (rule: JsonValue) => openOf(rule).variables.map(({ key, place }) => `${key} @ ${place.join(" ")}`);
  const W: JsonValue = { window: ["3m"] };

  it.each<[string, JsonValue, readonly string[]]>([
    ["now", { "<": [LAG, 5] }, ["forward.lagSeconds @ now forward lagSeconds"]],
    ["of a minute", { all: [W, { "<": [LAG, 5] }] }, ["forward.lagSeconds over 3m @ windows 3m forward lagSeconds"]],
    [
      "of a minute that was chosen",
      { all: [{ filter: [W, { "<": [{ var: "lb.requests" }, 5] }] }, { "<": [LAG, 5] }] },
      ["lb.requests over 3m @ windows 3m lb requests", "forward.lagSeconds over 3m @ windows 3m forward lagSeconds"],
    ],
    [
      "of a sum and what it begins with",
      { reduce: [W, { max: [{ var: "accumulator" }, { var: "current.lb.requests" }] }, LAG] },
      ["lb.requests over 3m @ windows 3m lb requests", "forward.lagSeconds @ now forward lagSeconds"],
    ],
    ["of an operation", { age: ["lb.requests"] }, ["age lb.requests @ facts age lb:requests"]],
    [
      "of an operation that stands without a list",
      { known: "lb.requests" },
      ["known lb.requests @ facts known lb:requests"],
    ],
    [
      "of what is missing now",
      { missing: ["lb.requests", "forward.lagSeconds"] },
      ["missing lb.requests forward.lagSeconds @ facts missing lb:requests forward:lagSeconds"],
    ],
    [
      "of what is missing of some",
      { missing_some: [1, ["lb.requests"]] },
      ["missing_some 1 lb.requests @ facts missing_some 1 lb:requests"],
    ],
    [
      "of what is missing in a minute",
      { all: [W, { "!": [{ missing: ["lb.requests"] }] }] },
      ["missing lb.requests over 3m @ windows 3m facts missing lb:requests"],
    ],
    [
      "of what is missing in a minute that is added up",
      { reduce: [W, { missing: ["current.lb.requests"] }, 0] },
      ["missing current.lb.requests over 3m @ windows 3m facts missing current:lb:requests"],
    ],
    [
      "of the elements of a list",
      { all: [{ map: [W, LAG] }, { "<": [{ var: "" }, 5] }] },
      ["forward.lagSeconds over 3m @ windows 3m forward lagSeconds"],
    ],
  ])("stand where they are looked for: %s", (_, rule, places) => {
    expect(placesOf(rule)).toEqual(places);
  });

  it("may tell whether another has a value", () => {
    const sightOf = (rule: JsonValue) => openOf(rule).variables.map(({ sightOf: sight }) => sight);

    expect(sightOf({ known: ["lb.requests"] })).toEqual([{ path: "lb.requests", goneAt: false }]);
    expect(sightOf({ missing: ["lb.requests"] })).toEqual([{ path: "lb.requests", goneAt: true }]);
    expect(sightOf({ all: [W, { "!": [{ missing: ["lb.requests"] }] }] })).toEqual([
      { path: "lb.requests over 3m", goneAt: true },
    ]);
    expect(sightOf({ missing: ["lb.requests", "blue.requests"] })).toEqual([undefined]);
    expect(sightOf({ age: ["lb.requests"] })).toEqual([undefined]);
  });

  it("that are missing are a matter of sight, and better not", () => {
    expect(openOf({ missing: ["lb.requests"] }).variables[0]?.measure).toEqual({
      type: "boolean",
      unit: "yes-no",
      least: null,
      most: null,
      worse: "true",
      quality: true,
      paths: ["lb.requests"],
    });
  });

  it("are known with the operation that they come from", () => {
    expect(openOf({ age: ["lb.requests"] }).variables[0]?.operation).toEqual({ name: "age", args: ["lb.requests"] });
    expect(openOf({ "<": [LAG, 5] }).variables[0]?.operation).toBeUndefined();
  });

  it("stand in as many equal minutes as are added up", () => {
    const sum = (window: string): JsonValue => ({
      reduce: [{ window: [window] }, { "+": [{ var: "accumulator" }, { var: "current.lb.requests" }] }, 0],
    });

    expect(
      [sum("5m"), sum("90m"), { map: [W, LAG] }, { all: [W, { "<": [LAG, 5] }] }, { "<": [LAG, 5] }].map(
        (rule) => openOf(rule).rows,
      ),
    ).toEqual([5, 60, 3, 1, 1]);
    expect(openOf({ "===": [sum("5m"), sum("3m")] }).windows).toEqual(["5m", "3m"]);
  });

  it.each<[string, JsonValue]>([
    ["a signal there is not", { "<": [{ var: "forward.lag" }, 5] }],
    ["what a sum carries along", { reduce: [W, { missing: ["accumulator"] }, 0] }],
    ["what a list of its own lacks", { some: [[1], { missing: ["lb.requests"] }] }],
    ["one of two that a minute lacks", { some: [W, { "!!": [{ missing: ["lb.requests", "x"] }] }] }],
  ])("are not told of %s", (_, rule) => {
    expect(openExpression(rule, STANDARD_OPERATIONS)).toBeNull();
  });

  it("are not reckoned with where there are many literals", () => {
    const many = (count: number): JsonValue => ({
      in: [{ "+": [LAG, 1] }, Array.from({ length: count }, (_, index) => 10 * (index + 1))],
    });

    expect(namesOf(many(3))?.join().split(" ").length).toBeGreaterThan(10);
    expect(namesOf(many(4))).toEqual(["forward.lagSeconds: 1 10 20 30 40"]);
  });

  it("put parts into groups that do not depend on each other", () => {
    const parts: readonly JsonValue[] = [
      { "<": [LAG, 5] },
      { "<": [{ var: "alarms.firing" }, 5] },
      { ">": [LAG, 1] },
      { "<": [{ var: "reverse.lagSeconds" }, { var: "alarms.firing" }] },
      { known: ["forward.lagSeconds"] },
      { "<": [{ var: "lb.requests" }, 5] },
    ];
    const trees = parts.flatMap((part, index) => ruleTree(part, `${index}`, STANDARD_OPERATIONS) ?? []);

    expect(
      independentGroups(trees)
        .map((group) =>
          group
            .map(({ at }) => at[0])
            .sort()
            .join(""),
        )
        .sort(),
    ).toEqual(["024", "13", "5"]);
  });
});

describe("an hour in which every minute is alike", () => {
  const treeOf = (rule: JsonValue) => {
    const tree = ruleTree(rule, "/at", STANDARD_OPERATIONS);
    if (tree === null) throw new Error("it is understood");
    return tree;
  };
  const truth = (rule: JsonValue, values: Readonly<Record<string, number | string | boolean>>) =>
    steadyTruths(STANDARD_OPERATIONS)(treeOf(rule))(new Map(Object.entries(values)));
  const GREEN = ["green.errors5xx", "green.requests"];
  const LAG: JsonValue = { var: "forward.lagSeconds" };

  it.each<[string, JsonValue, Readonly<Record<string, number | string | boolean>>, boolean | null]>([
    ["a value", { "<": [LAG, 5] }, { "forward.lagSeconds": 4 }, true],
    ["no value", { "<": [LAG, 5] }, {}, null],
    [
      "a sum of ten minutes",
      { "===": [{ stat: ["forward.lagSeconds", "sum", "10m"] }, 40] },
      { "forward.lagSeconds": 4 },
      true,
    ],
    ["a sum of no value", { "===": [{ stat: ["forward.lagSeconds", "sum", "10m"] }, 0] }, {}, null],
    ["a rate", { "===": [{ rate: [...GREEN, "3m"] }, 0.1] }, { "green.errors5xx": 1, "green.requests": 10 }, true],
    [
      "a rate of no requests",
      { "<": [{ rate: [...GREEN, "3m"] }, 0.1] },
      { "green.errors5xx": 0, "green.requests": 0 },
      null,
    ],
    ["an age", { "===": [{ age: ["lb.requests"] }, 30] }, { "lb.requests": 1 }, true],
    ["whether it is known", { known: ["lb.requests"] }, { "lb.requests": 1 }, true],
    ["whether it is known, and is not", { known: ["lb.requests"] }, {}, false],
    ["all that was seen", { "===": [{ coverage: ["lb.requests", "60m"] }, 1] }, { "lb.requests": 1 }, true],
    ["a window", { all: [{ window: ["5m"] }, { "<": [LAG, 5] }] }, { "forward.lagSeconds": 4 }, true],
    [
      "a sum of a window",
      {
        "===": [
          { reduce: [{ window: ["5m"] }, { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] }, 0] },
          20,
        ],
      },
      { "forward.lagSeconds": 4 },
      true,
    ],
    [
      "a proof of the step, of sixty minutes",
      { ">=": [{ evidence_below: [...GREEN, 0.01, "step"] }, 20] },
      { "green.errors5xx": 0, "green.requests": 6 },
      true,
    ],
    [
      "no proof of the step, of sixty minutes",
      { ">=": [{ evidence_below: [...GREEN, 0.01, "step"] }, 20] },
      { "green.errors5xx": 0, "green.requests": 5 },
      false,
    ],
    ["a window of which nothing is read", { "!!": [{ window: ["5m"] }] }, {}, true],
    [
      "a sum of a window beside something else",
      {
        and: [
          {
            "===": [
              {
                reduce: [
                  { window: ["5m"] },
                  { "+": [{ var: "accumulator" }, { var: "current.forward.lagSeconds" }] },
                  0,
                ],
              },
              20,
            ],
          },
          { "<": [LAG, 5] },
        ],
      },
      { "forward.lagSeconds": 4 },
      true,
    ],
    [
      "several",
      { and: [{ "<": [LAG, 5] }, { "===": [{ var: "forward.state" }, "RUNNING"] }] },
      { "forward.lagSeconds": 4, "forward.state": "RUNNING" },
      true,
    ],
  ])("is judged as it would be: %s", (_, rule, values, answer) => {
    expect(truth(rule, values)).toBe(answer);
  });

  it("is judged anew with other values", () => {
    const judge = steadyTruths(STANDARD_OPERATIONS)(treeOf({ "<": [{ rate: [...GREEN, "3m"] }, 0.1] }));
    const of = (errors: number, requests: number) =>
      judge(
        new Map([
          ["green.errors5xx", errors],
          ["green.requests", requests],
        ]),
      );

    expect([of(1, 100), of(50, 100), of(1, 100), of(1, 10), of(0, 110), of(11, 0)]).toEqual([
      true,
      false,
      true,
      false,
      true,
      null,
    ]);
  });

  const given = requestsAt(600, 5);
  const pointsOf = (path: string, rule: JsonValue, known = given) =>
    steadyPoints(path, conditionsOf(treeOf(rule)), known);

  it("has the traffic of a step", () => {
    expect([...requestsAt(600, 5)]).toEqual([
      ["green.requests", 30],
      ["blue.requests", 570],
      ["lb.requests", 600],
      ["traffic.greenPercent", 5],
    ]);
    const read = conditionsOf(
      treeOf({ and: [{ "<": [{ rate: [...GREEN, "3m"] }, 0.1] }, { "<": [LAG, 5] }, { ">": [LAG, 1] }] }),
    );
    expect(freeSignals(read, given)).toEqual(["green.errors5xx", "forward.lagSeconds"]);
  });

  it.each<[string, string, JsonValue, readonly number[], readonly number[]]>([
    ["a limit itself", "forward.lagSeconds", { "<": [LAG, 8] }, [8, 4, 16], [1.6]],
    ["a share of the requests", "green.errors5xx", { "<": [{ rate: [...GREEN, "3m"] }, 0.2] }, [0, 6, 30], [0.2, 180]],
    [
      "the limit of a proof",
      "green.errors5xx",
      { ">=": [{ evidence_below: [...GREEN, 0.1, "step"] }, 20] },
      [3],
      [20, 0.1, 600],
    ],
    ["of a sum its part", "green.errors5xx", { ">=": [{ stat: ["green.errors5xx", "sum", "10m"] }, 60] }, [6], [60]],
    [
      "of an average itself",
      "green.errors5xx",
      { ">=": [{ stat: ["green.errors5xx", "avg", "10m"] }, 6] },
      [6, 30],
      [0.6],
    ],
    ["all requests", "green.errors5xx", { ">=": [{ rate: [...GREEN, "3m"] }, 1] }, [30], [1e12]],
    [
      "no limit of another signal",
      "forward.lagSeconds",
      { and: [{ "<": [LAG, 8] }, { "<": [{ var: "reverse.lagSeconds" }, 70] }] },
      [8],
      [70],
    ],
  ])("is looked at by values that stand for all: %s", (_, path, rule, some, none) => {
    const points = pointsOf(path, rule);

    expect(points).toEqual(expect.arrayContaining([...some]));
    for (const each of none) expect(points).not.toContain(each);
  });

  it("has whole numbers of what is counted at an instant, and means of what is counted in a minute", () => {
    expect(pointsOf("green.healthyHosts", { "<": [{ var: "green.healthyHosts" }, 3.5] }).every(Number.isInteger)).toBe(
      true,
    );
    expect(pointsOf("green.errors5xx", { "<": [{ var: "green.errors5xx" }, 3.5] })).toContain(3.5);
    expect(pointsOf("forward.lag", { "<": [LAG, 5] })).toEqual([]);
  });
});
