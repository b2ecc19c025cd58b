import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { chanceOfErrors } from "../../../src/policy/checks/meaning/error-chance.ts";
import { errorsForBound } from "../../../src/policy/checks/meaning/errors-for-bound.ts";
import { sayFalseRollback } from "../../../src/policy/checks/meaning/false-rollback.ts";
import { forecastPolicy } from "../../../src/policy/lint.ts";
import { rateBound } from "../../../src/policy/operations/rates.ts";
import { lintOf, withRollback } from "../../support/lint.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

/** Of the small policy: 600 requests a minute, 1 % of errors allowed, a soak of 1440 looks. */
const forecast = (when: JsonValue, changes: JsonObject = {}) => {
  const [found] = forecastPolicy(loadedPolicy({ ...withRollback(when), ...changes })).falseRollbacks;
  if (found === undefined) throw new Error("there is a rule");
  return found;
};
const chance = (when: JsonValue, changes: JsonObject = {}) => forecast(when, changes).chance;
/** The chance over the soak of so many errors, of 1 %, at one look at so many requests. */
const looks = (requests: number, errors: number) => Math.min(1, 1440 * chanceOfErrors(requests, 0.01, errors));

const ERRORS: JsonValue = { var: "green.errors5xx" };
const REQUESTS: JsonValue = { var: "green.requests" };
const GREEN = ["green.errors5xx", "green.requests"];
const sum = (window: string, statistic = "sum"): JsonValue => ({ stat: ["green.errors5xx", statistic, window] });
const above = (limit: number): JsonValue => ({ ">=": [{ evidence_above: [...GREEN, 0.02, "step"] }, limit] });
const worse = (limit: number, ratio = 1.25): JsonValue => ({
  ">=": [{ evidence_worse: [...GREEN, "blue.errors5xx", "blue.requests", ratio, "step"] }, limit],
});
const DATA_GAP: JsonValue = { "===": [{ var: "forward.dataGap" }, true] };

describe("the chance that a rule sends a healthy service back, of one that counts errors", () => {
  it.each<[string, JsonValue, number]>([
    ["in the newest minute", { ">=": [ERRORS, 20] }, looks(600, 20)],
    ["more than so many", { ">": [ERRORS, 20] }, looks(600, 21)],
    ["more than a broken number", { ">": [ERRORS, 20.5] }, looks(600, 21)],
    ["a broken number at least", { ">=": [ERRORS, 20.5] }, looks(600, 21)],
    ["the other way round", { "<=": [20, ERRORS] }, looks(600, 20)],
    ["by their share", { ">=": [{ "/": [ERRORS, REQUESTS] }, 0.025] }, looks(600, 15)],
    [
      "by their share of what the load balancer passes on",
      { ">=": [{ "/": [ERRORS, { var: "lb.requests" }] }, 0.05] },
      looks(600, 30),
    ],
    ["over minutes", { ">=": [sum("3m"), 40] }, looks(1800, 40)],
    ["on average", { ">=": [sum("3m", "avg"), 15] }, looks(1800, 45)],
    ["on average, a broken number", { ">": [sum("3m", "avg"), 15.5] }, looks(1800, 47)],
    ["in the last of some minutes", { ">=": [sum("3m", "last"), 20] }, looks(600, 20)],
    ["in each of some minutes", { ">=": [sum("3m", "min"), 12] }, 1440 * chanceOfErrors(600, 0.01, 12) ** 3],
    ["in any of some minutes", { ">=": [sum("3m", "max"), 25] }, 1440 * 3 * chanceOfErrors(600, 0.01, 25)],
    ["in any of many minutes", { ">=": [sum("60m", "max"), 1] }, 1],
    ["by a rate", { ">=": [{ rate: [...GREEN, "3m"] }, 0.02] }, looks(1800, 36)],
    ["by more than a rate", { ">": [{ rate: [...GREEN, "3m"] }, 0.02] }, looks(1800, 37)],
    // 0.07 times 1800 is a little more than 126 to a machine, and 126 of 1800 are 0.07 all the same.
    ["by a rate that a product of is rounded", { ">=": [{ rate: [...GREEN, "3m"] }, 0.07] }, looks(1800, 126)],
    [
      "in every minute of a window",
      { all: [{ window: ["3m"] }, { ">=": [ERRORS, 12] }] },
      1440 * chanceOfErrors(600, 0.01, 12) ** 3,
    ],
    [
      "in some minute of a window",
      { some: [{ window: ["3m"] }, { ">=": [ERRORS, 25] }] },
      1440 * 3 * chanceOfErrors(600, 0.01, 25),
    ],
    [
      "in every minute, in two ways",
      { all: [{ window: ["2m"] }, { and: [{ ">=": [ERRORS, 12] }, { ">=": [ERRORS, 20] }] }] },
      1440 * chanceOfErrors(600, 0.01, 20) ** 2,
    ],
    [
      "in every minute, in either way",
      { all: [{ window: ["2m"] }, { or: [{ ">=": [ERRORS, 20] }, { ">=": [ERRORS, 22] }] }] },
      1440 * (chanceOfErrors(600, 0.01, 20) + chanceOfErrors(600, 0.01, 22)) ** 2,
    ],
    ["beside something else", { and: [DATA_GAP, { ">=": [ERRORS, 20] }] }, looks(600, 20)],
    ["beside what is less likely", { and: [{ ">=": [ERRORS, 25] }, { ">=": [ERRORS, 20] }] }, looks(600, 25)],
    ["or in another way", { or: [{ ">=": [ERRORS, 25] }, { ">=": [ERRORS, 22] }] }, looks(600, 25) + looks(600, 22)],
    ["and that is the case", { "!!": [{ ">=": [ERRORS, 20] }] }, looks(600, 20)],
    [
      "of blue, by a bound that is all of no requests",
      { ">=": [{ rate_upper: ["blue.errors5xx", "blue.requests", "3m", 0.95] }, 0.5] },
      0,
    ],
    ["none at all", { ">=": [{ "/": [ERRORS, REQUESTS] }, 0] }, 1],
    ["more than there are requests", { ">": [ERRORS, 600] }, 0],
    ["more than any machine counts", { ">": [sum("3m"), 1e300] }, 0],
    ["of blue, which has no requests by then", { ">=": [{ rate: ["blue.errors5xx", "blue.requests", "3m"] }, 0.5] }, 0],
  ])("%s", (_, when, expected) => {
    const gates = {
      ...(smallPolicy()["gates"] as JsonObject),
      blue: { why: "x", rule: { "<": [{ rate: ["blue.errors5xx", "blue.requests", "3m"] }, 0.01] } },
    };
    const start = { require: ["running", "lag", "blue"] };

    const found = chance(when, { gates, start });
    expect(expected === 0 ? found : (found ?? -1) / expected).toBeCloseTo(Math.sign(expected), 9);
  });

  it.each<[string, JsonValue]>([
    ["hosts", { "===": [{ stat: ["green.healthyHosts", "max", "3m"] }, 0] }],
    ["errors of which no gate limits the rate", { ">=": [{ var: "lb.errors5xx" }, 20] }],
    ["fewer errors", { "!": [{ "<": [ERRORS, 20] }] }],
    ["a number of errors", { "===": [ERRORS, 20] }],
    ["a middle of some minutes", { ">=": [sum("3m", "p50"), 20] }],
    ["two things that are no errors", { and: [DATA_GAP, { ">": [{ var: "alarms.firing" }, 0] }] }],
    ["that there are not as many", { "!": [{ ">=": [ERRORS, 20] }] }],
    ["fewer errors than so many", { "<": [ERRORS, 20] }],
    ["less than a proof of errors", { "<": [{ evidence_above: [...GREEN, 0.02, "step"] }, 5] }],
    ["a list of numbers", { and: [{ all: [[1, 2], { ">=": [{ var: "" }, 1] }] }, DATA_GAP] }],
    ["what nobody understands", { and: [{ ">=": [ERRORS, 20] }, { some: [[1, 2], { "!": [{ missing: ["x"] }] }] }] }],
    ["the most errors of which no gate limits the rate", { ">=": [{ stat: ["lb.errors5xx", "max", "3m"] }, 20] }],
    ["errors, or something else", { or: [{ ">=": [ERRORS, 20] }, DATA_GAP] }],
    ["errors for each of so many", { ">=": [{ "/": [ERRORS, 100] }, 0.5] }],
    ["errors for each of blue's requests", { ">=": [{ "/": [ERRORS, { var: "blue.requests" }] }, 0.5] }],
    ["errors for each host", { ">=": [{ "/": [ERRORS, { var: "green.healthyHosts" }] }, 0.5] }],
    ["a part of a sum", { ">=": [{ "/": [{ "+": [ERRORS, 1] }, REQUESTS] }, 0.5] }],
    [
      "errors in chosen minutes",
      { all: [{ filter: [{ window: ["3m"] }, { ">": [REQUESTS, 5] }] }, { ">=": [ERRORS, 12] }] },
    ],
    ["something else in every minute", { all: [{ window: ["3m"] }, DATA_GAP] }],
    ["errors in no minute", { none: [{ window: ["3m"] }, { ">=": [ERRORS, 12] }] }],
    ["errors within limits", { "<": [20, ERRORS, 100] }],
    ["a share of what are no errors", { ">=": [{ "/": [5, REQUESTS] }, 0.5] }],
    ["as many errors as hosts", { ">": [ERRORS, { var: "green.healthyHosts" }] }],
  ])("is not computed of one that looks at %s", (_, when) => {
    expect(forecast(when)).toEqual({
      rule: "x",
      at: "/rollback/0/when",
      chance: null,
      because: "it counts no errors of which a gate limits the rate",
      proven: false,
    });
  });

  it("is one where no error at all is enough, however few requests there are", () => {
    expect(chance({ ">=": [ERRORS, 0] }, { traffic: { requestsPerMinute: 5 } })).toBe(1);
  });

  it("is said with what it rests on", () => {
    const found = forecast({ ">=": [ERRORS, 30] });

    expect(found.because).toMatch(/^1440 looks of at most \d\.\de-\d+ each, at 1 % of errors, which the gates allow$/);
    expect(sayFalseRollback({ ...found, chance: 0.000_12, because: "b" })).toBe(
      "rollback x: a false rollback over the soak with a chance of at most 1.2e-4: b",
    );
    expect(sayFalseRollback({ ...found, chance: 0.001_23, because: "b" })).toContain("at most 0.0012: b");
    expect(sayFalseRollback({ ...found, chance: 0.001, because: "b" })).toContain("at most 0.001: b");
    expect(sayFalseRollback({ ...found, chance: 0, because: "b" })).toContain("at most 0: b");
    expect(sayFalseRollback({ ...found, chance: null, because: "b" })).toBe(
      "rollback x: no chance of a false rollback computed: b",
    );
  });
});

describe("the rate that the gates allow", () => {
  const rates = (rules: Readonly<Record<string, JsonValue>>, full: readonly string[]) => {
    const small = smallPolicy();
    const gates = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { why: "x", rule }]));
    const names = Object.keys(rules);
    const steps = (small["steps"] as readonly JsonObject[]).map((step) => ({
      ...step,
      promoteWhen: step["weight"] === 100 ? ["running", ...full] : ["running", ...names],
    }));
    return forecast(
      { ">=": [ERRORS, 30] },
      {
        gates: { ...(small["gates"] as JsonObject), ...gates },
        steps,
        decommission: { require: ["running2"], approval: "operator" },
      },
    ).because.replace(/^.* at (.*) of errors.*$/, "$1");
  };
  const hosts: JsonValue = { ">": [{ var: "green.healthyHosts" }, 1] };
  const rate = (limit: number): JsonValue => ({ "<=": [{ rate: [...GREEN, "3m"] }, limit] });
  const of = (rules: Readonly<Record<string, JsonValue>>, full: readonly string[]) =>
    rates({ ...rules, running2: hosts, errors: { "===": [ERRORS, 0] } }, full);

  it.each<[string, Readonly<Record<string, JsonValue>>, readonly string[], string]>([
    ["that of 100 %", { tight: rate(0.005), loose: rate(0.02) }, ["loose"], "2 %"],
    ["the lowest of 100 %", { tight: rate(0.005), loose: rate(0.02) }, ["loose", "tight"], "0.5 %"],
    ["the lowest of any, where 100 % has none", { tight: rate(0.005), loose: rate(0.02) }, [], "0.5 %"],
    ["one that is proven", { proof: { ">=": [{ evidence_below: [...GREEN, 0.03, "15m"] }, 20] } }, ["proof"], "3 %"],
    ["one of an exact bound", { bound: { "<": [{ rate_upper: [...GREEN, "15m", 0.95] }, 0.04] } }, ["bound"], "4 %"],
    [
      "one that is told the other way round",
      { turned: { ">=": [0.025, { rate: [...GREEN, "3m"] }] } },
      ["turned"],
      "2.5 %",
    ],
    [
      "none that is a least one",
      { up: { ">": [{ rate: [...GREEN, "3m"] }, 0.001] }, loose: rate(0.02) },
      ["up", "loose"],
      "2 %",
    ],
    [
      "none that a lower bound has",
      { low: { "<": [{ rate_lower: [...GREEN, "15m", 0.95] }, 0.001] }, loose: rate(0.02) },
      ["low", "loose"],
      "2 %",
    ],
    ["one beside others", { both: { and: [hosts, rate(0.015)] } }, ["both"], "1.5 %"],
  ])("is %s", (_, rules, full, says) => {
    expect(of(rules, full)).toBe(says);
  });

  it("is told of each signal of errors", () => {
    const lb: JsonValue = { "<=": [{ rate: ["lb.errors5xx", "lb.requests", "3m"] }, 0.002] };

    expect(of({ green: rate(0.01), lb }, ["green"])).toBe("1 % or 0.2 %");
    expect(
      of({ green: rate(0.01), lb: { "<=": [{ rate: ["lb.errors5xx", "lb.requests", "3m"] }, 0.01] } }, ["green"]),
    ).toBe("1 %");
  });
});

describe("the chance of a false alarm, of a rule by a detector", () => {
  const seldom = (limit: number) => `on average one false alarm in ${limit} looks or more`;

  it.each<[string, JsonValue, number | null, string, boolean]>([
    ["green's own", above(10_000), 0.144, `the proven bound, 1440 looks / 10000; ${seldom(10_000)}`, true],
    ["one that is asked for little", above(20), 1, `the proven bound, 1440 looks / 20; ${seldom(20)}`, true],
    ["one beside blue", worse(200), 0, `at 100 % blue is silent; before, ${seldom(200)}`, true],
    ["one beside blue that is as bad", worse(200, 1), 0, `at 100 % blue is silent; before, ${seldom(200)}`, true],
    ["one beside half of blue", worse(200, 0.5), null, "it fires where green is as good as blue", true],
    [
      "the same, beside what nothing bounds",
      { and: [worse(200, 0.5), DATA_GAP] },
      null,
      "it fires where green is as good as blue",
      true,
    ],
    [
      "one that has to agree with a count",
      { and: [{ ">=": [ERRORS, 12] }, above(10_000)] },
      0.144,
      `the proven bound, 1440 looks / 10000; ${seldom(10_000)}`,
      true,
    ],
    [
      "one of a truth",
      { "!!": [above(10_000)] },
      0.144,
      `the proven bound, 1440 looks / 10000; ${seldom(10_000)}`,
      true,
    ],
    [
      "either of two",
      { or: [above(10_000), worse(200)] },
      0.144,
      `the proven bound, 1440 looks / 10000; ${seldom(10_000)}, or at 100 % blue is silent; before, ${seldom(200)}`,
      true,
    ],
    [
      "one, or what nothing bounds",
      { or: [above(10_000), DATA_GAP] },
      null,
      "it counts no errors of which a gate limits the rate",
      false,
    ],
    [
      "one that has to be silent",
      { "!": [above(10_000)] },
      null,
      "it counts no errors of which a gate limits the rate",
      false,
    ],
  ])("is %s", (_, when, expected, because, proven) => {
    expect(forecast(when)).toEqual({ rule: "x", at: "/rollback/0/when", chance: expected, because, proven });
  });

  it("is that of a count which has to agree with it, where it says nothing of itself", () => {
    const both = { and: [worse(200, 0.5), { ">=": [ERRORS, 20] }] };

    expect(forecast(both)).toMatchObject({ chance: looks(600, 20), proven: false });
  });

  it("is added to that of a count which is enough, and the rule is warned of for the count alone", () => {
    const nervous: JsonValue = { or: [above(10_000), { ">=": [sum("3m"), 30] }] };
    const calm: JsonValue = { or: [above(10_000), { ">=": [sum("3m"), 60] }] };

    expect(forecast(nervous).proven).toBe(false);
    expect(chance(nervous)).toBeCloseTo(Math.min(1, 0.144 + looks(1800, 30)), 12);
    expect(forecast(calm).proven).toBe(true);
    expect(chance(calm)).toBeCloseTo(0.144 + looks(1800, 60), 12);
    const warned = (when: JsonValue) => lintOf(withRollback(when)).filter((each) => each.includes("false-rollback"));
    expect(warned(calm)).toEqual([]);
    expect(warned(nervous)).toEqual([
      expect.stringMatching(
        /^warning false-rollback \/rollback\/0\/when "x" sends a service back that its gates call healthy with a chance of up to 1 over the soak \(the proven bound, .*, or 1440 looks of at most .*\); raise its limits$/,
      ),
    ]);
    for (const when of [above(20), DATA_GAP, { ">=": [ERRORS, 60] }]) expect(warned(when)).toEqual([]);
  });
});

describe("the fewest errors that bring a bound to its limit", () => {
  it.each(["upper", "lower"] as const)("are where the %s bound first reaches it, or goes beyond it", (side) => {
    for (const [requests, limit] of [
      [100, 0.05],
      [1800, 0.03],
      [7, 0.5],
    ] as const)
      for (const strictly of [true, false]) {
        const found = errorsForBound(requests, { side, confidence: 0.95, limit, strictly });
        const bound = (part: number) => rateBound(side, { part, whole: requests }, 0.95);

        expect(strictly ? bound(found) > limit : bound(found) >= limit).toBe(true);
        expect(found === 0 || bound(found - 1) < limit).toBe(true);
      }
  });

  it("are none, or more than there are", () => {
    expect(errorsForBound(10, { side: "lower", confidence: 0.95, limit: 0, strictly: false })).toBe(0);
    expect(errorsForBound(10, { side: "lower", confidence: 0.95, limit: 0, strictly: true })).toBe(1);
    expect(errorsForBound(10, { side: "upper", confidence: 0.95, limit: 1, strictly: true })).toBe(11);
    expect(errorsForBound(10, { side: "lower", confidence: 0.95, limit: 0.9, strictly: false })).toBe(11);
  });

  it("are what a rollback rule by a bound is judged by, over the window it looks at", () => {
    const bound = (side: string, operator: string): JsonValue => ({
      [operator]: [{ [`rate_${side}`]: [...GREEN, "3m", 0.95] }, 0.03],
    });
    const fewest = (side: "upper" | "lower", strictly: boolean) =>
      errorsForBound(1800, { side, confidence: 0.95, limit: 0.03, strictly });

    expect(chance(bound("lower", ">="))).toBeCloseTo(looks(1800, fewest("lower", false)), 12);
    expect(chance(bound("upper", ">="))).toBeCloseTo(looks(1800, fewest("upper", false)), 12);
    expect(chance({ ">": [{ rate_lower: [...GREEN, "3m", 0.95] }, 0] })).toBeCloseTo(looks(1800, 1), 12);
  });
});
