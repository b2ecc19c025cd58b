import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { sayProblem } from "../../../src/policy/checks/problem.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import { loadCutover } from "../../../src/policy/load-cutover.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { cutoverText, policyText } from "../../support/orders-policies.ts";

type Draft = Record<string, unknown>;

/** The problems of the committed policy after an edit, each as `pointer message`. */
const problemsAfter = (edit: (policy: Draft) => void, name: "policy" | "drill" = "policy"): readonly string[] => {
  const policy = JSON.parse(policyText(name)) as Draft;
  edit(policy);
  return lintPolicy(JSON.stringify(policy), "policy.json").map(({ pointer, message }) => `${pointer} ${message}`);
};

const withRule = (rule: JsonValue) =>
  problemsAfter((policy) => Object.assign(policy["gates"] as Draft, { lag: { why: "x", rule } }));
const at = (policy: Draft, field: string): Draft => policy[field] as Draft;
const step = (policy: Draft, index: number): Draft => (policy["steps"] as Draft[])[index] ?? {};

describe("the committed policies", () => {
  it.each(["policy", "drill"] as const)("%s.json is without a problem", (name) => {
    const cutover = loadCutover(cutoverText(), "cutover.json");

    expect(cutover.ok && lintPolicy(policyText(name), `${name}.json`, [cutover.value])).toEqual([]);
  });
});

describe("the text", () => {
  it.each([
    ["", "1:1", "value expected"],
    ['{\n  "apiVersion": "pawl/v1",\n}', "3:1", "not JSON"],
    ['{ "a": 1 // why\n}', "1:10", "not JSON"],
    ["[".repeat(100_000), "1:201", "deeper"],
  ])("%# is refused where it breaks", (text, place, says) => {
    const [problem, ...others] = lintPolicy(text, "policy.json").map(sayProblem);

    expect(others).toEqual([]);
    expect(problem).toContain(`policy.json:${place} error`);
    expect(problem).toContain(says);
  });

  it("may not have a key twice: JSON would silently keep the last", () => {
    const text = policyText("policy").replace('"lagRecords": 100,', '"lagRecords": 100,\n    "lagRecords": 100000,');

    const problems = lintPolicy(text, "policy.json");

    expect(problems).toMatchObject([{ level: "error", pointer: "/params/lagRecords" }]);
    expect(problems[0]?.message).toContain("stands twice");
    expect(loadPolicy(text, "policy.json").ok).toBe(false);
  });

  it("may hold no number that a double cannot: it would be read as infinite, and told of as null", () => {
    const text = policyText("policy").replace('"lagSeconds": 5,', '"lagSeconds": -1e999,');
    const lines = policyText("policy").split("\n");
    const line = lines.findIndex((each) => each.includes('"lagSeconds": 5')) + 1;

    const problems = lintPolicy(text, "policy.json");

    expect(problems).toMatchObject([
      { rule: "invalid-value", level: "error", line, column: 19, pointer: "/params/lagSeconds" },
    ]);
    expect(problems[0]?.message).toContain("too large for a double");
  });

  it("is pointed at by line and column", () => {
    const lines = policyText("policy").split("\n");
    const line = lines.findIndex((each) => each.includes('"apiVersion"')) + 1;
    const text = policyText("policy").replace("pawl/v1", "pawl/v9");

    expect(lintPolicy(text, "policy.json")).toMatchObject([{ line, column: 17, pointer: "/apiVersion" }]);
  });

  it.each([
    ["gate", '"lag": {', '"Lag_1": {', "/gates/Lag_1", "Lower case letters, digits and hyphens"],
    ["parameter", '"lagSeconds": 5', '"lag seconds": 5', "/params/lag seconds", "Letters and digits, at most 40"],
  ])("is pointed at where a %s has a name that none can have", (_, given, written, pointer, says) => {
    const lines = policyText("policy").split("\n");
    const line = lines.findIndex((each) => each.includes(given)) + 1;

    const found = lintPolicy(policyText("policy").replace(given, written), "policy.json");
    const [problem, ...others] = found.filter(({ message }) => message.startsWith("the name"));

    expect(others).toEqual([]);
    expect(problem).toEqual({
      rule: "invalid-value",
      level: "error",
      file: "policy.json",
      line,
      column: 5,
      pointer,
      message: expect.stringContaining(says),
    });
  });

  it("loads as written, parameters not yet put in", () => {
    const loaded = loadPolicy(policyText("policy"), "policy.json");

    expect(loaded.ok && loaded.value).toEqual(JSON.parse(policyText("policy")));
  });
});

describe("fields", () => {
  it.each<[string, (policy: Draft) => void, string]>([
    [
      "a misspelt one",
      (p) => Object.assign(at(p, "soak"), { durration: "24h" }),
      '/soak/durration nothing here is called "durration". Did you mean "duration"?',
    ],
    ["a missing one", (p) => void delete p["blind"], ' "blind" is missing; add it'],
    ["a wrong unit", (p) => Object.assign(at(p, "blind"), { after: "10 minutes" }), "/blind/after"],
    ["no gates", (p) => Object.assign(at(p, "start"), { require: [] }), "/start/require"],
    [
      "an action that is not offered",
      (p) => Object.assign(at(p, "decommission"), { approval: "automatic" }),
      "/decommission/approval",
    ],
    ["another top", (p) => Object.assign(p, { comment: "x" }), "/comment"],
  ])("%s is refused", (_, edit, says) => {
    expect(problemsAfter(edit).join("\n")).toContain(says);
  });

  it("of one mistake do not hide another inside a rule", () => {
    const problems = problemsAfter((policy) => {
      Object.assign(at(policy, "soak"), { durration: "1h" });
      Object.assign(at(policy, "gates"), { lag: { why: "x", rule: { "<": [{ var: "forward.lagg" }, 1] } } });
    });

    expect(problems).toHaveLength(2);
  });
});

describe("a rule", () => {
  const LAG: JsonValue = { var: "forward.lagRecords" };

  it.each<[string, JsonValue, string]>([
    ["a second key", { "<": [LAG, 5], comment: "quick" }, "exactly one operator, here are: <, comment"],
    ["no key", {}, "exactly one operator, here are: none"],
    ["extra brackets", { and: [[{ "<": [LAG, 5] }]] }, "Remove the extra brackets"],
    ["a rule in brackets", [{ "<": [LAG, 5] }], "Remove the extra brackets"],
    ["an unknown operator", { "<=>": [LAG, 5] }, 'no operator "<=>"'],
    ["an unknown operator behind a deciding one", { or: [{ "<": [LAG, 5] }, { bogus: 1 }] }, 'no operator "bogus"'],
    ["log", { log: LAG }, 'no operator "log"'],
    ["too many operands", { ">": [30, LAG, 25] }, "takes 2 operands, here are 3"],
    ["none", { max: [] }, "takes 1 to 32 operands, here are 0"],
    ["null", { "===": [LAG, null] }, "null is nothing to compare with"],
    ["a default", { "<": [{ var: ["forward.lagRecords", 0] }, 5] }, "takes no default"],
    ["a computed path", { "<": [{ var: [{ if: [true, "a", "b"] }] }, 5] }, "one literal path"],
    ["all data", { "!!": [{ var: "" }] }, "one literal path"],
    ["a computed key of missing", { "!": [{ missing: LAG }] }, "literal paths"],
    [
      "none of the paths needed",
      { "!": [{ missing_some: [0, ["forward.lagRecords"]] }] },
      "1 to 1 can be asked for, not 0",
    ],
    ["fewer than none", { "!": [{ missing_some: [-1, ["forward.lagRecords"]] }] }, "can be asked for, not -1"],
    ["more than there are", { "!": [{ missing_some: [2, ["forward.lagRecords"]] }] }, "can be asked for, not 2"],
    ["half a path", { "!": [{ missing_some: [0.5, ["forward.lagRecords"]] }] }, "can be asked for, not 0.5"],
    ["an if without else", { if: [{ "<": [LAG, 5] }, { "<": [LAG, 9] }] }, "needs an else"],
    [
      "an if with a second condition and no else",
      { if: [{ "<": [LAG, 5] }, 1, { "<": [LAG, 9] }, 2] },
      "needs an else",
    ],
    ["in over a text", { in: ["OK", { var: "forward.state" }] }, "literal list on the right"],
    ["a literal operand of and", { and: [true, { "<": [LAG, 5] }] }, "decided beforehand"],
    ["nothing to look at", { "===": [1, 1] }, "reads no signal"],
    [
      "an operation inside all",
      { all: [{ window: ["3m"] }, { ">": [{ coverage: ["3m"] }, 0] }] },
      "cannot stand inside",
    ],
    ["a computed argument", { "<": [{ stat: [LAG, "max", "3m"] }, 5] }, "its arguments are literal"],
    ["an odd window", { "<": [{ stat: ["forward.lagRecords", "max", "100s"] }, 5] }, "no whole number of minutes"],
    ["a path that cannot be made into text", { "<": [{ var: { toString: [1] } }, 5] }, "one literal path"],
    [
      "a window that cannot be made into text",
      { "<": [{ rate: ["green.errors5xx", "green.requests", { toString: [1] }] }, 5] },
      "its arguments are literal",
    ],
    ["a misspelt signal", { "<": [{ var: "forward.lagg" }, 5] }, 'no signal "forward.lagg"'],
    [
      "a misspelt signal of an operation",
      { "<": [{ stat: ["green.request", "sum", "3m"] }, 5] },
      'Did you mean "green.requests"?',
    ],
    [
      "a misspelt signal inside all",
      { all: [{ window: ["3m"] }, { "<": [{ var: "forward.lagg" }, 5] }] },
      'no signal "forward.lagg"',
    ],
    ["a misspelt parameter", { "<": [LAG, { var: "params.lagRecord" }] }, 'Did you mean "params.lagRecords"?'],
    ["p99 over minutes", { "<": [{ stat: ["green.p99Ms", "max", "5m"] }, 400] }, "cannot be merged from minutes"],
    [
      "p99 inside all",
      { all: [{ window: ["3m"] }, { "<": [{ var: "green.p99Ms" }, 400] }] },
      "cannot be merged from minutes",
    ],
    ["outer data inside a list", { some: [[1, 2], { ">": [LAG, { var: "" }] }] }, "cannot be read in here"],
    [
      "a signal inside reduce that is not of current",
      { "<": [{ reduce: [{ window: ["3m"] }, { max: [LAG, 1] }, 0] }, 5] },
      "cannot be read in here",
    ],
    ["a state as a number", { ">": [{ var: "forward.state" }, 5] }, "compares numbers, here is text"],
    ["a state of a series", { ">": [{ stat: ["forward.state", "max", "3m"] }, 5] }, "is text, not a number"],
    ["a flag equal to a text", { "===": [{ var: "forward.stalled" }, "false"] }, "boolean is never equal to text"],
    ["a state nobody has", { "===": [{ var: "forward.state" }, "RUNING"] }, 'Did you mean "RUNNING"?'],
    [
      "thousands of parts",
      { and: Array.from({ length: 32 }, () => ({ and: Array.from({ length: 32 }, () => ({ "<": [LAG, 5] })) })) },
      "more than 2000 parts",
    ],
  ])("with %s is refused", (_, rule, says) => {
    expect(withRule(rule).join("\n")).toContain(says);
  });

  it.each<[string, JsonValue]>([
    ["an if with an else", { if: [{ var: "forward.stalled" }, false, { "<": [LAG, 5] }] }],
    ["every minute of a window", { all: [{ window: ["3m"] }, { "<": [{ var: "forward.lagRecords" }, 5] }] }],
    ["a list of states", { in: [{ var: "forward.state" }, ["RUNNING", "RESTARTING"]] }],
    [
      "the newest minute's lag, by reduce",
      {
        "<": [
          { reduce: [{ window: ["3m"] }, { max: [{ var: "current.forward.lagRecords" }, { var: "accumulator" }] }, 0] },
          5,
        ],
      },
    ],
    [
      "a filtered window",
      {
        none: [
          { filter: [{ window: ["3m"] }, { ">": [{ var: "lb.requests" }, 0] }] },
          { ">": [{ var: "lb.errors5xx" }, 5] },
        ],
      },
    ],
    ["a question for what is known", { known: ["forward.lagRecords"] }],
    ["literal keys of missing", { "===": [{ "!": [{ missing: ["forward.lagRecords"] }] }, true] }],
    ["one of two literal keys", { "!": [{ missing_some: [1, ["forward.lagRecords", "forward.lagSeconds"]] }] }],
    [
      "one of two keys, or both",
      {
        or: [
          { "!": [{ missing_some: [2, ["forward.lagRecords", "forward.lagSeconds"]] }] },
          {
            and: [{ "!": [{ missing_some: [1, ["forward.lagRecords", "forward.lagSeconds"]] }] }, { "<": [LAG, 5] }],
          },
        ],
      },
    ],
    ["nothing but coverage", { ">=": [{ coverage: "3m" }, 0.9] }],
  ])("with %s is fine", (_, rule) => {
    expect(withRule(rule)).toEqual([]);
  });
});

describe("how a policy fits together", () => {
  it.each<[string, (policy: Draft) => void, string]>([
    [
      "a step without its gate",
      (p) => Object.assign(step(p, 0), { promoteWhen: ["lagg"] }),
      '/steps/0/promoteWhen/0 there is no gate "lagg". Did you mean "lag"?',
    ],
    ["weights that fall", (p) => Object.assign(step(p, 1), { weight: 5 }), "/steps/1/weight 5 does not come after 5"],
    ["an end before 100", (p) => Object.assign(step(p, 3), { weight: 90 }), "the last step has to be 100"],
    ["two steps of one name", (p) => Object.assign(step(p, 1), { id: "canary" }), 'two steps "canary"'],
    ["maxDwell without an end", (p) => void delete step(p, 0)["onMaxDwell"], "what happens then"],
    ["an end without maxDwell", (p) => void delete step(p, 0)["maxDwell"], "without maxDwell this never happens"],
    [
      "maxDwell at 100 %",
      (p) => Object.assign(step(p, 3), { maxDwell: "6h", onMaxDwell: "rollback" }),
      "Say soak.maxDuration and soak.onBreak",
    ],
    ["maxDwell below minDwell", (p) => Object.assign(step(p, 0), { maxDwell: "10m" }), "not longer than minDwell"],
    [
      "green traffic before the start",
      (p) => Object.assign(at(p, "start"), { require: ["errors"] }),
      "before the first step green has no traffic",
    ],
    [
      "blue's traffic at 100 %",
      (p) => Object.assign(step(p, 3), { promoteWhen: ["p99"] }),
      "at 100 % green blue is silent",
    ],
    [
      "a stream in decommission",
      (p) => Object.assign(at(p, "decommission"), { require: ["lag"] }),
      "which decommission itself takes away",
    ],
    ["a short soak", (p) => Object.assign(at(p, "soak"), { duration: "23h" }), "/soak/duration 23h is less than 24h"],
    [
      "a soak longer than its end",
      (p) => Object.assign(at(p, "soak"), { maxDuration: "24h" }),
      "not longer than the soak itself",
    ],
    ["blind for an hour", (p) => Object.assign(at(p, "blind"), { after: "1h" }), "at most 30m"],
    [
      "blind to a misspelt signal",
      (p) => Object.assign(at(p, "blind"), { watch: ["green.request"] }),
      'Did you mean "green.requests"?',
    ],
    [
      "blind without blue's traffic",
      (p) => Object.assign(at(p, "blind"), { watch: ["blue.requests"] }),
      "without blue.requests pawl would be blind all through the soak",
    ],
    [
      "two rollback rules of one name, at the second of them",
      (p) => {
        const [first, second] = p["rollback"] as Draft[];
        Object.assign(second ?? {}, { id: first?.["id"] });
      },
      "/rollback/1/id there are two rollback rules",
    ],
    ...["floor", "blind"].map((id): [string, (p: Draft) => void, string] => [
      `a rollback rule of its own called ${id}`,
      (p) => Object.assign((p["rollback"] as Draft[])[0] ?? {}, { id }),
      `"${id}" is what a rule of pawl's own is called`,
    ]),
  ])("%s is refused", (_, edit, says) => {
    const problems = problemsAfter(edit).join("\n");

    expect(problems).toContain(says);
  });

  it("lets only a drill soak for less than a day", () => {
    expect(problemsAfter((policy) => void delete policy["drill"], "drill").join("\n")).toContain("8m is less than 24h");
  });

  it("warns of a gate nobody asks, and loads all the same", () => {
    const policy = JSON.parse(policyText("policy")) as Draft;
    Object.assign(at(policy, "gates"), { idle: { why: "x", rule: { "===": [{ var: "conflicts.new" }, 0] } } });
    const text = JSON.stringify(policy);

    expect(lintPolicy(text, "policy.json")).toMatchObject([{ level: "warning", pointer: "/gates/idle" }]);
    expect(loadPolicy(text, "policy.json").ok).toBe(true);
  });

  it("compares the hosts it expects with the cutover's", () => {
    const cutover = loadCutover(cutoverText().replace('"expectedHosts": 4', '"expectedHosts": 6'), "cutover.json");

    expect(cutover.ok && lintPolicy(policyText("policy"), "policy.json", [cutover.value])).toMatchObject([
      { level: "error", pointer: "/params/expectedHosts" },
    ]);
  });
});
