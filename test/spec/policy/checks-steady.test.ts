import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { conditionsOf, ruleTree } from "../../../src/policy/checks/meaning/rule-tree.ts";
import { steadyTruths } from "../../../src/policy/checks/meaning/steady.ts";
import { freeSignals, requestsAt, steadyAxis } from "../../../src/policy/checks/meaning/steady-points.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";

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
    steadyAxis(path, conditionsOf(treeOf(rule)), known).points;

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
