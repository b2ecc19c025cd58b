import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { independentGroups, ruleTree, variablesOf } from "../../../src/policy/checks/meaning/rule-tree.ts";
import { openExpression } from "../../../src/policy/checks/meaning/variables.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

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
