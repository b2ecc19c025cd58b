import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { unevaluated } from "../../../src/policy/evaluation.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { compileRule } from "../../../src/policy/plan-rule.ts";
import { evaluatedOnce } from "../../../src/policy/reuse.ts";

const RULE: JsonValue = {
  and: [
    { "<": [{ var: "green.requests" }, 3] },
    { "===": [{ var: ["forward.state"] }, "RUNNING"] },
    { "!": [{ var: "forward.stalled" }] },
    true,
    null,
  ],
};
const DATA = { green: { requests: 1, errors: 0 }, forward: { state: "RUNNING", stalled: false } };

/** One rule over one body of data after the other: what came out, and over which of them it was evaluated. */
const over = (rule: JsonValue, ...days: readonly JsonObject[]) => {
  const plan = compileRule(rule, STANDARD_OPERATIONS);
  const evaluated: JsonObject[] = [];
  const came = days.map((data) =>
    evaluatedOnce(plan, data, () => {
      evaluated.push(data);
      return { ...unevaluated(`number ${evaluated.length}`), data };
    }),
  );
  return { evaluated, came };
};

describe("a rule is evaluated once", () => {
  it("while it reads the very same values, and the evaluation is over what is there now", () => {
    const again = structuredClone(DATA);
    const { evaluated, came } = over(RULE, DATA, again);
    expect(evaluated).toEqual([DATA]);
    expect(came[1]).toEqual({ ...came[0], data: again });
    expect(came[1]?.data).toBe(again);
  });

  it("while only values change that it does not read", () => {
    expect(
      over(RULE, DATA, { ...DATA, green: { requests: 1, errors: 7 }, blue: { requests: 2 } }).evaluated,
    ).toHaveLength(1);
  });

  it("where it reads none at all", () => {
    expect(over({ "<": [1, 2] }, {}, DATA).evaluated).toHaveLength(1);
  });
});

describe("a rule is evaluated again", () => {
  it.each<[string, JsonObject]>([
    ["the first value it reads", { ...DATA, green: { requests: 2 } }],
    ["a value whose path is written as a list", { ...DATA, forward: { state: "PAUSED", stalled: false } }],
    ["the last one", { ...DATA, forward: { state: "RUNNING", stalled: true } }],
  ])("where %s is another one, and once more where it is as before", (_, other) => {
    expect(over(RULE, DATA, other, DATA).evaluated).toEqual([DATA, other, DATA]);
  });

  it("where a value is another one that an object of two keys reads, malformed as that is", () => {
    const rule = { a: { var: "a" }, b: { var: "b" } };
    expect(over(rule, { a: 1, b: 1 }, { a: 1, b: 2 }).evaluated).toHaveLength(2);
  });

  it("where it reads all the data, though a part of them has no name", () => {
    expect(over({ "!!": [{ var: "" }] }, { "": 1, a: 1 }, { "": 1, a: 2 }).evaluated).toHaveLength(2);
  });

  it("where a number has the other sign, be it of zero", () => {
    expect(over({ "<": [{ var: "a" }, 1] }, { a: 0 }, { a: -0 }).evaluated).toHaveLength(2);
  });

  it.each<[string, JsonObject]>([
    ["is missing", { forward: DATA.forward }],
    ["is null", { ...DATA, green: { requests: null } }],
    ["is a list", { ...DATA, green: { requests: [1] } }],
  ])("every time where a value %s: the reason may be another one", (_, lacking) => {
    expect(over(RULE, lacking, lacking).evaluated).toHaveLength(2);
  });

  it("where what it last read in full was something else than what it reads after a gap", () => {
    const gap = { forward: DATA.forward };
    expect(over(RULE, DATA, gap, DATA).evaluated).toEqual([DATA, gap]);
  });

  it.each<[string, JsonValue]>([
    ["missing", { "!": [{ missing: ["green.requests"] }] }],
    ["missing_some", { "!": [{ missing_some: [1, ["green.requests"]] }] }],
    ["var with a default", { "<": [{ var: ["green.requests", 0] }, 3] }],
    ["var of everything", { "!!": [{ var: "" }] }],
    ["var of nothing", { "!!": [{ var: [] }] }],
    ["var of a computed path", { "!!": [{ var: { cat: ["green", ".requests"] } }] }],
    ["var by number", { "!!": [{ var: 1 }] }],
  ])("every time with %s, beside what can be named", (_, rule) => {
    expect(over({ and: [{ "<": [{ var: "green.requests" }, 3] }, rule] }, DATA, DATA).evaluated).toHaveLength(2);
    expect(over({ and: [rule, { "<": [{ var: "green.requests" }, 3] }] }, DATA, DATA).evaluated).toHaveLength(2);
  });
});
