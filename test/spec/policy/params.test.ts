import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { substituteParams } from "../../../src/policy/params.ts";

const LAG = { var: "params.lag" };

describe("a parameter", () => {
  it.each<[string, JsonValue, JsonValue]>([
    ["in an operand", { "<": [{ var: "a" }, LAG] }, { "<": [{ var: "a" }, 5] }],
    ["whose path is written as a list", { "<": [{ var: "a" }, { var: ["params.lag"] }] }, { "<": [{ var: "a" }, 5] }],
    ["that is the whole rule", LAG, 5],
    ["that is an operator's only operand", { "!": LAG }, { "!": 5 }],
    [
      "in an argument of an operation",
      { evidence_below: ["e", "r", LAG, "step"] },
      { evidence_below: ["e", "r", 5, "step"] },
    ],
    [
      "in the body of a quantifier",
      { all: [{ window: ["3m"] }, { "<": [{ var: "a" }, LAG] }] },
      { all: [{ window: ["3m"] }, { "<": [{ var: "a" }, 5] }] },
    ],
    ["of 0", { "<": [0, { var: "params.none" }] }, { "<": [0, 0] }],
  ])("%s stands there as its number", (_, rule, comes) => {
    expect(substituteParams(rule, { lag: 5, none: 0 })).toEqual(comes);
  });

  it.each<[string, JsonValue]>([
    ["that there is not", { "<": [{ var: "params.lagg" }, 1] }],
    ["that only a prototype has", { "<": [{ var: "params.toString" }, 1] }],
    ["with a default", { var: ["params.lag", 1] }],
    ["in a list of two paths", { missing: ["params.lag", "a"] }],
    ["beside another key", { var: "params.lag", why: "quick" }],
    ["in a text of another operator", { "!": "params.lag" }],
    ["of a signal that is called so further on", { var: "forward.params.lag" }],
    ["of no name", { var: "params" }],
    ["beside nothing", { "!": [null, {}] }],
    ["by number", { var: 1 }],
  ])("%s is left for the linter to find", (_, rule) => {
    expect(substituteParams(rule, { lag: 5 })).toEqual(rule);
  });

  it("leaves what is no expression as it is", () => {
    expect(["params.lag", 3, true, null].map((rule) => substituteParams(rule, { lag: 5 }))).toEqual([
      "params.lag",
      3,
      true,
      null,
    ]);
  });
});

describe("a rule with its parameters put in", () => {
  it("is the same one every time: it is planned by that", () => {
    const [rule, params] = [{ "<": [{ var: "a" }, LAG] }, { lag: 5 }];

    expect(substituteParams(rule, params)).toBe(substituteParams(rule, params));
  });

  it("is another one with other parameters, and again the first with the first", () => {
    const rule = { "<": [{ var: "a" }, LAG] };

    expect([{ lag: 5 }, { lag: 6 }, { lag: 5 }].map((params) => substituteParams(rule, params))).toEqual([
      { "<": [{ var: "a" }, 5] },
      { "<": [{ var: "a" }, 6] },
      { "<": [{ var: "a" }, 5] },
    ]);
  });

  it("is not looked at deeper than any rule may be, whoever wrote it", () => {
    const nested = (levels: number): JsonValue => {
      let rule: JsonValue = LAG;
      for (let level = 0; level < levels; level += 1) rule = [rule];
      return rule;
    };

    expect(JSON.stringify(substituteParams(nested(70), { lag: 5 }))).toContain("[5]");
    expect(JSON.stringify(substituteParams(nested(71), { lag: 5 }))).toContain("params.lag");
    expect(JSON.stringify(substituteParams({ "!": nested(69) }, { lag: 5 }))).toContain("[5]");
    expect(JSON.stringify(substituteParams({ "!": nested(70) }, { lag: 5 }))).toContain("params.lag");
  });
});
