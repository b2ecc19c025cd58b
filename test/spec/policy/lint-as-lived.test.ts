import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const found = (policy: JsonObject): readonly string[] =>
  lintPolicy(JSON.stringify(policy, null, 2), "policy.json").map(({ rule, pointer }) => `${rule} ${pointer}`);
const said = (policy: JsonObject): string =>
  lintPolicy(JSON.stringify(policy, null, 2), "policy.json")
    .map(({ message }) => message)
    .join("\n");

const withGate = (rule: JsonValue, changes: JsonObject = {}): JsonObject =>
  smallPolicy({ gates: { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "x", rule } }, ...changes });
const withRollback = (when: JsonValue, changes: JsonObject = {}): JsonObject =>
  smallPolicy({ rollback: [{ id: "x", why: "x", when }], ...changes });

const READY: JsonValue = { var: "blue.readyPercent" };
const HOSTS: JsonValue = { var: "green.healthyHosts" };

describe("an equality the wrong way round", () => {
  it.each<[string, JsonValue]>([
    ["anything but the best", { "!==": [READY, 100] }],
    ["a negated equality", { "!": [{ "==": [READY, 100] }] }],
    ["exactly the worst", { "===": [READY, 0] }],
    ["anything but four hosts", { "!==": [HOSTS, 4] }],
    ["a remainder", { "===": [{ "%": [HOSTS, 2] }, 0] }],
  ])("is found in a gate: %s", (_, rule) => {
    expect(found(withGate(rule)).join()).toContain("gate-backwards /gates/lag/rule");
  });

  it.each<[string, JsonObject]>([
    ["exactly four hosts", withGate({ "===": [HOSTS, 4] })],
    ["four hosts or five", withGate({ in: [HOSTS, [4, 5]] })],
    ["a rollback rule that waits for any other number", withRollback({ "!==": [HOSTS, 4] })],
  ])("is none where it asks for what may be best: %s", (_, policy) => {
    expect(found(policy).join()).not.toContain("backwards");
  });
});

describe("a rollback rule over traffic alone", () => {
  it.each<[string, JsonValue]>([
    ["more than a step gets", { "<": [{ stat: ["green.requests", "sum", "3m"] }, 10_000_000] }],
    ["what every cutover has", { ">": [{ stat: ["lb.requests", "sum", "3m"] }, 1] }],
  ])("clashes with the step at which it fires: %s", (_, when) => {
    expect(found(withRollback(when)).join()).toContain("promote-and-rollback /rollback/0/when");
  });

  it("is sound where no step comes near it", () => {
    expect(found(withRollback({ "<": [{ stat: ["green.requests", "sum", "3m"] }, 1] })).join()).not.toContain(
      "promote-",
    );
  });
});

describe("what is counted at an instant", () => {
  it.each<[string, JsonValue, JsonValue]>([
    [
      "more than three, and fewer than four",
      { ">": [HOSTS, 3] },
      { "<": [{ stat: ["green.healthyHosts", "max", "3m"] }, 4] },
    ],
    ["none, and one", { "<": [{ var: "alarms.firing" }, 1] }, { ">": [{ var: "alarms.firing" }, 0] }],
  ])("has no values between whole numbers: %s", (_, rule, when) => {
    const policy = withGate(rule, { rollback: [{ id: "x", why: "x", when }] });
    expect(found(policy).join()).not.toMatch(/promote-and-rollback|no-hysteresis/);
  });

  it("clashes all the same where a whole number does", () => {
    const when = { "<": [{ stat: ["green.healthyHosts", "max", "3m"] }, 4] };
    const policy = withGate({ ">": [HOSTS, 2] }, { rollback: [{ id: "x", why: "x", when }] });
    expect(said(policy)).toContain("with green.healthyHosts 3 the gates of step");
  });
});

describe("a gate that is never known", () => {
  it("looks back over a soak that has not begun", () => {
    const proof = { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "soak"] }, 20] };
    expect(found(withGate(proof)).join()).toMatch(/never-known \/steps\/\d\/promoteWhen\/\d/);
    expect(found(withGate({ or: [proof, { "<": [{ var: "forward.lagSeconds" }, 5] }] })).join()).not.toContain(
      "never-known",
    );
  });

  it("asks for the slope of a single minute", () => {
    expect(said(withGate({ "<=": [{ stat: ["forward.lagSeconds", "slope", "1m"] }, 0.2] }))).toContain(
      "a slope of 1m has no value: it takes two minutes at least",
    );
  });
});

describe("a gate of the start", () => {
  const SHARE: JsonValue = { var: "traffic.greenPercent" };
  const asking = (rule: JsonValue): readonly string[] =>
    found(
      smallPolicy({
        gates: { ...(smallPolicy()["gates"] as JsonObject), busy: { why: "x", rule } },
        start: { require: ["running", "busy"] },
      }),
    ).filter((each) => !each.startsWith("too-little-traffic /steps"));

  it.each<[string, JsonValue]>([
    ["a share of the traffic", { ">=": [SHARE, 1] }],
    ["any at all", { ">": [SHARE, 0] }],
    ["a share over minutes", { ">": [{ stat: ["traffic.greenPercent", "max", "3m"] }, 4] }],
    ["a share beside something else", { and: [{ ">=": [SHARE, 5] }, { "<": [{ var: "forward.lagSeconds" }, 5] }] }],
    ["requests", { ">": [{ var: "green.requests" }, 0] }],
  ])("cannot ask of green what it has only at a step: %s", (_, rule) => {
    expect(asking(rule)).toEqual(["green-before-start /start/require/1"]);
  });

  it.each<[string, JsonValue]>([
    ["that it has no traffic yet", { "<=": [SHARE, 0] }],
    ["a share, or something else", { or: [{ ">=": [SHARE, 5] }, { "<": [{ var: "forward.lagSeconds" }, 5] }] }],
    ["what blue gets", { ">=": [{ stat: ["blue.requests", "sum", "3m"] }, 1_500] }],
  ])("may ask for %s", (_, rule) => {
    expect(asking(rule).join()).not.toContain("/start/require");
  });

  it("is warned of where it asks for more than blue is expected to get", () => {
    expect(asking({ ">=": [{ stat: ["blue.requests", "sum", "3m"] }, 2_000] })).toEqual([
      "too-little-traffic /start/require/1",
    ]);
  });
});

describe("a window longer than a step lasts", () => {
  const stepsOf = (maxDwell: string, onMaxDwell = "page"): JsonObject => ({
    start: { require: ["running"] },
    steps: (smallPolicy()["steps"] as JsonObject[]).map((step, index) =>
      index === 0 ? { ...step, minDwell: "1m", maxDwell, onMaxDwell } : step,
    ),
  });
  const lagOver = (window: string): JsonValue => ({ "<=": [{ stat: ["forward.lagSeconds", "max", window] }, 5] });
  const TOO_LONG = "window-too-long /steps/0/promoteWhen/1";

  it.each<[string, JsonValue, string]>([
    ["a statistic", lagOver("30m"), "20m"],
    // 27 minutes of the step, the last of which ended two minutes ago.
    ["one that is full a minute late", lagOver("30m"), "28m"],
    ["every minute of it", { all: [{ window: ["30m"] }, { "<": [{ var: "forward.lagSeconds" }, 5] }] }, "20m"],
    ["a coverage", { ">=": [{ coverage: ["green.requests", "30m"] }, 0.9] }, "20m"],
    ["one of several conditions", { and: [lagOver("3m"), lagOver("30m")] }, "20m"],
    ["a proof", { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "30m"] }, 20] }, "20m"],
  ])("is warned of: %s", (_, rule, maxDwell) => {
    expect(found(withGate(rule, stepsOf(maxDwell)))).toContain(TOO_LONG);
  });

  it.each<[string, JsonValue, JsonObject]>([
    ["it is just long enough", lagOver("30m"), stepsOf("29m")],
    [
      "half of it is enough",
      lagOver("30m"),
      { ...stepsOf("17m"), data: { cadence: "1m", maxAge: "3m", minCoverage: 0.5 } },
    ],
    ["half of it is asked for", { ">=": [{ coverage: ["green.requests", "30m"] }, 0.5] }, stepsOf("17m")],
    ["nothing ends the step", lagOver("30m"), {}],
    ["something else opens the gate", { or: [lagOver("30m"), lagOver("3m")] }, stepsOf("20m")],
    [
      "it grows with the step",
      { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "step"] }, 20] },
      stepsOf("20m"),
    ],
  ])("is none where %s", (_, rule, changes) => {
    expect(found(withGate(rule, changes)).join()).not.toContain("window-too-long");
  });

  it("is told with what happens before it is full", () => {
    expect(said(withGate(lagOver("30m"), stepsOf("20m", "rollback")))).toContain(
      '"lag" has seen enough of step "canary" after 29 minutes (look-backs begin at the step, and metrics count 2 minutes after their minute), and after 20m traffic goes back',
    );
  });
});

describe("what lint proposes", () => {
  it.each([
    ["=<", "<="],
    ["<==", "<="],
    ["!===", "!=="],
    ["&&", "and"],
    ["not", "!"],
  ])("for %s is %s", (written, meant) => {
    expect(said(withGate({ [written]: [{ var: "forward.lagSeconds" }, 5] }))).toContain(`Did you mean "${meant}"?`);
  });

  it.each(["log", "cat", "avg"])("is nothing for %s, which is near to nothing", (written) => {
    expect(said(withGate({ [written]: [{ var: "forward.lagSeconds" }, 5] }))).not.toContain("Did you mean");
  });

  it("is no signal that there is not", () => {
    const rate = { "<": [{ rate: ["forward.deadLetters", "green.requests", "3m"] }, 0.1] };
    expect(said(withGate(rate))).toContain("forward.deadLetters counts nothing that went wrong");
    expect(said(withGate(rate))).not.toContain("forward.requests");
  });
});

describe("more than a hundred findings", () => {
  const gates = (count: number): JsonObject =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `g${index}`,
        { why: "x", rule: { "<": [{ var: "forward.lagSeconds" }, 5] } },
      ]),
    );
  const many = (changes: JsonObject = {}): JsonObject =>
    smallPolicy({ gates: { ...(smallPolicy()["gates"] as JsonObject), ...gates(150) }, ...changes });

  it("are said to be more, and warnings alone refuse nothing", () => {
    const problems = lintPolicy(JSON.stringify(many()), "policy.json");
    expect(problems.filter(({ rule }) => rule === "too-many-findings")).toMatchObject([
      { level: "warning", message: expect.stringMatching(/^15\d findings; only 100 are listed/) },
    ]);
    expect(problems).toHaveLength(101);
    expect(problems.every(({ level }) => level === "warning")).toBe(true);
  });

  it("begin with the errors", () => {
    const problems = lintPolicy(
      JSON.stringify(many({ soak: { duration: "1h", onBreak: "restart-clock" } })),
      "policy.json",
    );
    expect(problems).toHaveLength(101);
    expect(problems.filter(({ level }) => level === "error").map(({ rule }) => rule)).toContain("short-soak");
    expect(problems.filter(({ rule }) => rule === "too-many-findings")).toMatchObject([{ level: "error" }]);
  });
});
