import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { boundFindings } from "../../../src/policy/checks/bounds.ts";
import { roleFindings } from "../../../src/policy/checks/roles.ts";

type Use = "gate" | "rollback";
const roles = (rule: JsonValue, use: Use = "gate"): readonly string[] =>
  roleFindings(rule, use).map(({ level, rule: id, pointer, message }) => `${level} ${id} ${pointer} ${message}`);
const bounds = (rule: JsonValue, use: Use = "gate"): readonly string[] =>
  boundFindings(rule, use).map(({ level, rule: id, pointer, message }) => `${level} ${id} ${pointer} ${message}`);

const GREEN = ["green.errors5xx", "green.requests"];
const BLUE = ["blue.errors5xx", "blue.requests"];
const above = (limit = 0.02): JsonValue => ({ evidence_above: [...GREEN, limit, "step"] });
const below: JsonValue = { evidence_below: [...GREEN, 0.01, "15m"] };
const worse = (signals: readonly string[] = [...GREEN, ...BLUE], ratio = 1.25): JsonValue => ({
  evidence_worse: [...signals, ratio, "step"],
});

describe("errors among requests", () => {
  it.each<[string, readonly JsonValue[]]>([
    ["rate", ["3m"]],
    ["rate_upper", ["3m", 0.95]],
    ["rate_lower", ["3m", 0.95]],
    ["evidence_below", [0.01, "step"]],
    ["evidence_above", [0.01, "step"]],
  ])("are in their places in %s, of either side and of the load balancer", (operation, rest) => {
    const of = (...pair: readonly string[]) => roles({ [operation]: [...pair, ...rest] });

    for (const side of ["green", "blue", "lb"]) expect(of(`${side}.errors5xx`, `${side}.requests`)).toEqual([]);
    expect(of("green.requests", "green.errors5xx")).toEqual([
      `error wrong-role /${operation}/0 green.requests counts nothing that went wrong; errors come first, then the requests they are among`,
    ]);
    expect(of("green.errors5xx", "green.unanswered")).toEqual([
      `error wrong-role /${operation}/1 green.unanswered counts no requests; name those that green.errors5xx are among`,
    ]);
    expect(of("green.errors5xx", "lb.requests")).toEqual([
      `error wrong-role /${operation}/1 green.errors5xx are not among lb.requests; name green.requests`,
    ]);
  });

  it("are looked at in both pairs of a comparison, and then for the sides", () => {
    const nothing = (index: number, path: string) =>
      `error wrong-role /evidence_worse/${index} ${path} counts nothing that went wrong; errors come first, then the requests they are among`;
    const order = (one: string, other: string) => [
      `error wrong-role /evidence_worse it asks whether ${one} is worse than ${other}; green's signals come first, then blue's`,
    ];

    expect(roles(worse())).toEqual([]);
    expect(roles(worse(["green.requests", "green.errors5xx", "blue.requests", "blue.errors5xx"]))).toEqual([
      nothing(0, "green.requests"),
      nothing(2, "blue.requests"),
    ]);
    expect(roles(worse([...GREEN, "blue.errors5xx", "green.requests"]))).toEqual([
      "error wrong-role /evidence_worse/3 blue.errors5xx are not among green.requests; name blue.requests",
    ]);
    expect(roles(worse([...BLUE, ...GREEN]))).toEqual(order("blue", "green"));
    expect(roles(worse([...GREEN, ...GREEN]))).toEqual(order("green", "green"));
    expect(roles(worse(["lb.errors5xx", "lb.requests", ...BLUE]))).toEqual(order("lb", "blue"));
  });

  it("are none of what is no such operation", () => {
    expect(roles({ "<": [{ stat: ["forward.lagSeconds", "max", "3m"] }, 5] })).toEqual([]);
    expect(roles({ "<=": [{ max: ["toString", "valueOf"] }, 5] })).toEqual([]);
  });
});

describe("an e-value that is asked for", () => {
  const says = {
    nothing: (limit: number) =>
      `${limit} is reached by evidence that says nothing: an e-value begins at 1. Ask for 20, or for 200 where it is asked all day`,
    little: (limit: number, least: number) =>
      `chance alone comes to ${limit} in as many as one of ${limit} attempts; ask for ${least} at least`,
  };

  it.each<[Use, number, number]>([
    ["gate", 9.9, 10],
    ["gate", 1.1, 10],
    ["rollback", 19.9, 20],
    ["rollback", 10, 20],
  ])("in a %s is weak at %d", (use, limit, least) => {
    expect(roles({ ">=": [above(), limit] }, use)).toEqual([`warning weak-proof />= ${says.little(limit, least)}`]);
  });

  it.each<Use>(["gate", "rollback"])("in a %s is none up to 1, and enough from a limit on", (use) => {
    const enough = use === "gate" ? 10 : 20;

    for (const limit of [1, 0.05])
      expect(roles({ ">": [above(), limit] }, use)).toEqual([`error no-proof /> ${says.nothing(limit)}`]);
    expect(roles({ ">=": [above(), enough] }, use)).toEqual([]);
  });

  it.each<[string, JsonValue, string]>([
    ["on the right", { "<=": [5, below] }, "/<="],
    ["as what is not below it", { "!": [{ "<": [below, 5] }] }, "/!/0/<"],
    ["as what no other way leads around", { "!": [{ or: [{ "<": [below, 5] }] }] }, "/!/0/or/0/<"],
    ["negated twice", { "!": [{ "!": [{ ">=": [below, 5] }] }] }, "/!/0/!/0/>="],
  ])("is looked at wherever it stands: %s", (_, rule, at) => {
    expect(roles(rule)).toEqual([`warning weak-proof ${at} ${says.little(5, 10)}`]);
  });

  it.each<[string, JsonValue]>([
    ["below it", { "<": [worse(), 3] }],
    ["at it or below", { "<=": [worse(), 0.5] }],
    ["not above it", { "!": [{ ">": [worse(), 3] }] }],
    ["not as much, nor its like", { "!": [{ or: [{ ">=": [worse(), 3] }, { ">=": [above(), 1] }] }] }],
  ])("is none where a gate wants little of it: %s", (_, rule) => {
    expect(roles(rule)).toEqual([]);
  });
});

describe("a ratio in a rollback rule", () => {
  it.each([0.5, 0.99])("of %d fires on a healthy green", (ratio) => {
    expect(roles({ ">=": [worse([...GREEN, ...BLUE], ratio), 200] }, "rollback")).toEqual([
      `error not-worse />=/0/evidence_worse/4 it fires where green is more than ${ratio} times as bad as blue, and a healthy green is: it is as good as blue. Give a ratio of 1 or more; 1.25 suits most`,
    ]);
    expect(roles({ "<": [worse([...GREEN, ...BLUE], ratio), 3] })).toEqual([]);
  });

  it.each([1, 1.25])("of %d does not", (ratio) => {
    expect(roles({ ">=": [worse([...GREEN, ...BLUE], ratio), 200] }, "rollback")).toEqual([]);
  });

  it("is none of the other operations, whose limits are shares", () => {
    expect(roles({ ">=": [above(0.5), 200] }, "rollback")).toEqual([]);
  });
});

describe("a bound of a rate", () => {
  const bound = (side: string, confidence = 0.95): JsonValue => ({ [side]: [...GREEN, "15m", confidence] });

  it("is told what to take in its place", () => {
    expect(bounds({ "<=": [bound("rate_lower"), 0.01] })).toEqual([
      "warning forgiving-bound /<= of few requests rate_lower tells next to nothing, and by that the gate passes; rate_upper wants them to show it",
    ]);
    expect(bounds({ ">": [bound("rate_upper"), 0.1] }, "rollback")).toEqual([
      "warning forgiving-bound /> of few requests rate_upper tells next to nothing, and by that the rule fires; rate_lower wants them to show it",
    ]);
  });

  it.each(["rate_lower", "rate_upper"])("has a confidence of a half at least: %s", (side) => {
    expect(bounds({ max: [bound(side, 0.5), 1] })).toEqual([]);
    expect(bounds({ max: [bound(side, 0.4), 1] })).toEqual([
      `warning forgiving-bound /max/0/${side}/3 with a confidence of 0.4 the rate is beyond the bound more often than not; give 0.95, the share of times that it keeps to it`,
    ]);
  });

  it("is no other operation, and no comparison without one", () => {
    expect(bounds({ "<": [{ evidence_worse: [...GREEN, "blue.errors5xx", 0.1, 0.2, "step"] }, 3] })).toEqual([]);
    expect(bounds({ "<=": [{ rate: [...GREEN, "15m"] }, 0.01] })).toEqual([]);
    expect(bounds({ "===": [bound("rate_lower"), 0] })).toEqual([]);
  });
});
