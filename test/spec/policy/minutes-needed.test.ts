import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { type Distance, explainPlan } from "../../../src/policy/explain/explain.ts";
import { minutesNeeded, minutesNeededIn } from "../../../src/policy/explain/minutes-needed.ts";
import type { Standing } from "../../../src/policy/explain/standing.ts";
import { belowLimit, type EvidenceTest, eValue } from "../../../src/policy/operations/evidence/evidence-test.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import { compileRule } from "../../../src/policy/plan-rule.ts";

/** Every request adds 1 to the one logarithm there is. Of 0 the e-value is 1. */
const COUNTING: EvidenceTest = {
  alternatives: 1,
  restarts: false,
  weigh: ([, requests = 0]) => (requests === 0 ? null : [requests]),
};

describe("the minutes until a sum proves a threshold", () => {
  it.each([
    ["none where it is just reached", 0, 1, 0],
    ["one where a minute just reaches it", -5, 5, 1],
    ["one more where that falls short by anything", -5.001, 5, 2],
    ["as many as it takes", -90, 3, 30],
    ["a million, and not one more", -1_000_000, 1, 1_000_000],
    ["null where it would be more than a million", -1_000_001, 1, null],
    ["null where nobody comes", -1, 0, null],
  ])("are %s", (_, log, requests, minutes) => {
    expect(minutesNeeded(COUNTING, requests, { logs: [log], burst: 1, threshold: 1 })).toBe(minutes);
  });

  it("are as many times more as errors come in clumps", () => {
    expect(minutesNeeded(COUNTING, 10, { logs: [-40], burst: 1, threshold: 1 })).toBe(4);
    expect(minutesNeeded(COUNTING, 10, { logs: [-40], burst: 3, threshold: 1 })).toBe(12);
  });
});

describe("the minutes until a window proves a threshold", () => {
  const needed = (...minutes: readonly number[]) =>
    minutesNeededIn(
      minutes.map((each) => [each]),
      { clean: [2], threshold: 1 },
    );

  it.each([
    ["none where it is just reached", [-2, 2, 0], 0],
    ["one where the oldest minute takes enough away", [-3, 1], 1],
    ["one where that just reaches it", [-1, -2], 1],
    ["until the worst minute has left", [1, 1, -9, 1], 3],
    ["the window's whole length where its newest is the worst", [1, 1, -90], 3],
  ] as const)("are %s", (_, minutes, comes) => {
    expect(needed(...minutes)).toBe(comes);
  });

  it("are null where not even a window of nothing but clean minutes does", () => {
    expect(minutesNeededIn([[0], [0]], { clean: [2], threshold: Math.exp(4.001) })).toBeNull();
    expect(minutesNeededIn([[0], [0]], { clean: [2], threshold: Math.exp(3.999) })).toBe(2);
  });

  it("count a minute that nobody knows for nothing", () => {
    expect(minutesNeededIn([[-3], []], { clean: [2], threshold: 1 })).toBe(1);
    expect(minutesNeededIn([[], [-2.5]], { clean: [2], threshold: 1 })).toBe(2);
  });
});

const evidence = (name: string, lookBack = "step"): JsonValue => ({
  [name]: ["green.errors", "green.requests", 0.01, lookBack],
});
const SUM: Standing = { kind: "sum", burst: 1, logs: [0, 0, 0, 0] };
const WINDOW: Standing = { kind: "window", burst: 1, minutes: null };

const distances = (rule: JsonValue, data: JsonObject, standing: Standing | null = SUM): readonly Distance[] =>
  explainPlan(compileRule(rule, STANDARD_OPERATIONS), {
    data,
    whyAbsent: () => "not reported",
    standingOf: () => standing,
  }).distances;

interface Asked {
  readonly lookBack?: string;
  readonly standing?: Standing;
  readonly threshold?: number;
}

const proofIn = (data: JsonObject, { lookBack = "step", standing = SUM, threshold = 20 }: Asked = {}) =>
  distances({ ">=": [evidence("evidence_below", lookBack), threshold] }, { facts: { 0: 1 }, ...data }, standing)[0]
    ?.proof;

describe("the traffic that a proof is counted with", () => {
  it("is green's of now", () => {
    expect(proofIn({ green: { requests: 358 } })).toEqual({ minutes: 1, requestsPerMinute: 358, bound: "exact" });
  });

  it.each<[string, JsonObject]>([
    ["is not there", {}],
    ["is a text", { green: { requests: "many" } }],
    ["is below 0", { green: { requests: -358 } }],
    ["is 0", { green: { requests: 0 } }],
  ])("is none where it %s: then nothing proves anything", (_, data) => {
    const none = { minutes: null, requestsPerMinute: 0, bound: "exact" };

    expect(proofIn(data)).toEqual(none);
    expect(proofIn(data, { lookBack: "10m", standing: WINDOW })).toEqual(none);
    expect(proofIn(data, { lookBack: "10m", standing: { ...WINDOW, minutes: [[], []] } })).toEqual(none);
  });
});

describe("a window whose minutes are not known any more", () => {
  it("proves it at the latest when it is full, if it is long enough", () => {
    const over = (lookBack: string, requests: number, burst = 1) =>
      proofIn({ green: { requests } }, { lookBack, standing: { ...WINDOW, burst } })?.minutes;

    // 358 requests without an error prove it.
    expect(over("10m", 36)).toBe(10);
    expect(over("10m", 35)).toBeNull();
    expect(over("2h", 3)).toBe(120);
    expect(over("10m", 36, 2)).toBeNull();
    expect(over("20m", 36, 2)).toBe(20);
  });

  it("proves what it just comes to, and nothing above", () => {
    const whole = eValue((belowLimit(0.01).weigh([0, 36]) ?? []).map((each) => each * 10));
    const asked = (threshold: number) =>
      proofIn({ green: { requests: 36 } }, { lookBack: "10m", standing: WINDOW, threshold })?.minutes;

    expect([asked(whole), asked(whole + 1e-9)]).toEqual([10, null]);
  });
});

describe("a distance has minutes", () => {
  const data = { facts: { 0: 1, 1: 1 }, green: { requests: 358 }, a: 1 };
  const below = evidence("evidence_below");
  const proofs = (rule: JsonValue, standing: Standing | null = SUM) =>
    distances(rule, data, standing).map(({ proof }) => proof?.minutes);

  it.each<[string, JsonValue]>([
    ["or more", { ">=": [below, 20] }],
    ["and more", { ">": [below, 20] }],
    ["turned round", { "<=": [20, below] }],
    ["below a negation", { "!": [{ "<": [below, 20] }] }],
  ])("where it asks for a proof of that much: %s", (_, rule) => {
    expect(proofs(rule)).toEqual([1]);
  });

  it.each<[string, JsonValue]>([
    ["a proof that is there", { ">=": [below, 1] }],
    ["one that asks for less", { "<": [below, 1] }],
    ["one that asks for exactly that", { "===": [below, 20] }],
    ["one that asks for anything but that", { "!==": [below, 1] }],
    ["an alarm", { ">=": [evidence("evidence_above"), 20] }],
    ["another operation", { ">=": [{ stat: ["green.requests", "max", "3m"] }, 20] }],
    ["a signal", { ">=": [{ var: "a" }, 20] }],
  ])("and has none of %s", (_, rule) => {
    expect(proofs(rule)).toEqual([undefined]);
  });

  it("and has none where nobody knows where its proof stands", () => {
    expect(proofs({ ">=": [below, 20] }, null)).toEqual([undefined]);
  });

  it("by the operation that it is a distance of, among others", () => {
    const max: JsonValue = { ">=": [{ stat: ["green.requests", "max", "3m"] }, 20] };

    expect(proofs({ and: [max, { ">=": [below, 20] }] })).toEqual([undefined, 1]);
    expect(proofs({ and: [{ ">=": [below, 20] }, max] })).toEqual([1, undefined]);
  });
});

describe("a margin", () => {
  it.each<[JsonValue, JsonValue, number | null]>([
    [{ "<": [{ var: "a" }, 10] }, 12, -2],
    [{ "<=": [{ var: "a" }, 10] }, 3, 7],
    [{ ">": [{ var: "a" }, 10] }, 12, 2],
    [{ ">=": [{ var: "a" }, 10] }, 3, -7],
    [{ "===": [{ var: "a" }, 10] }, 12, -2],
    [{ "==": [{ var: "a" }, 10] }, 7, -3],
    [{ "!==": [{ var: "a" }, 10] }, 12, null],
    [{ "!=": [{ var: "a" }, 10] }, 12, null],
    [{ "===": [{ var: "a" }, "up"] }, 12, null],
    [{ "===": [{ var: "a" }, 10] }, "up", null],
  ])("of %j at %j is %s: below 0 is what is missing", (rule, a, margin) => {
    expect(distances(rule, { a }).map((each) => each.margin)).toEqual([margin]);
  });

  it("comes with the comparison that it is of", () => {
    expect(distances({ "<": [{ var: "a" }, 10] }, { a: 3 })).toEqual([
      { what: "a", value: 3, operator: "<", threshold: 10, holds: true, margin: 7 },
    ]);
  });
});
