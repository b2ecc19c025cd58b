import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { chanceOfErrors } from "../../../src/policy/checks/meaning/error-chance.ts";
import { requestsToProve } from "../../../src/policy/checks/meaning/proof.ts";
import { forecastPolicy, lintPolicy } from "../../../src/policy/lint.ts";
import { rateBound } from "../../../src/policy/operations/rates.ts";
import { committedPolicy } from "../../support/orders-policies.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

const found = (policy: JsonObject): readonly string[] =>
  lintPolicy(JSON.stringify(policy), "policy.json").map(({ rule, pointer }) => `${rule} ${pointer}`);

const proof = (lookBack: string): JsonValue => ({
  ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, lookBack] }, 20],
});

/** The small policy with a proof in both steps below 100. */
const proving = (rule: JsonValue, changes: JsonObject = {}): JsonObject => {
  const small = smallPolicy();
  const steps = (small["steps"] as JsonObject[]).map((step) =>
    step["weight"] === 100 ? step : { ...step, promoteWhen: ["running", "lag", "errors", "proven"] },
  );
  const gates = { ...(small["gates"] as JsonObject), proven: { why: "x", rule } };
  return smallPolicy({ gates, steps, ...changes });
};

const breaker = (when: JsonValue): JsonObject => ({ rollback: [{ id: "breaker", why: "x", when }] });

describe("the requests a proof needs", () => {
  it.each([
    [0.01, 20, 358],
    [0.02, 20, 178],
    [0.001, 20, 3591],
    [0.01, 1, 0],
  ])("below %d to an e-value of %d are %d, without an error", (limit, threshold, requests) => {
    expect(requestsToProve(limit, threshold)).toBe(requests);
  });

  it("are said for every step, with the minutes they take at its weight", () => {
    const { proofs } = forecastPolicy(committedPolicy("policy"));

    expect(
      proofs.map(({ step, gate, requests, requestsPerMinute, minutes, within }) => ({
        step,
        gate,
        requests,
        requestsPerMinute,
        minutes,
        within,
      })),
    ).toEqual([
      { step: "canary", gate: "errors-proven", requests: 358, requestsPerMinute: 720, minutes: 1, within: "12h" },
      { step: "quarter", gate: "errors-proven", requests: 358, requestsPerMinute: 3600, minutes: 1, within: "12h" },
      { step: "half", gate: "errors-proven", requests: 358, requestsPerMinute: 7200, minutes: 1, within: "12h" },
    ]);
  });

  it("are found by the gate's threshold, wherever it stands and whichever way round", () => {
    const turned = { and: [{ "<=": [20, { evidence_below: ["green.errors5xx", "green.requests", 0.01, "15m"] }] }] };

    expect(forecastPolicy(loadedPolicy(proving(turned))).proofs).toMatchObject([
      { step: "canary", requests: 358, minutes: 12, within: "15m" },
      { step: "half", requests: 358, minutes: 2, within: "15m" },
    ]);
  });

  it("may take longer than the look-back, the step, or a day", () => {
    const short = proving(proof("10m"));
    const dwell = proving(proof("step"));
    const steps = (dwell["steps"] as JsonObject[]).map((step, index) =>
      index === 0 ? { ...step, maxDwell: "11m", onMaxDwell: "page" } : step,
    );

    expect(found(short)).toEqual(["proof-takes-too-long /steps/0/promoteWhen/3"]);
    expect(found({ ...dwell, steps })).toEqual(["proof-takes-too-long /steps/0/promoteWhen/3"]);
    expect(found(dwell)).toEqual([]);
    expect(found({ ...dwell, traffic: { requestsPerMinute: 4 } })).toEqual([
      "proof-takes-too-long /steps/0/promoteWhen/3",
    ]);
  });

  it("are those of an exact bound, where a gate asks for one", () => {
    const bound = { "<=": [{ rate_upper: ["green.errors5xx", "green.requests", "15m", 0.95] }, 0.01] };

    expect(forecastPolicy(loadedPolicy(proving(bound))).proofs).toMatchObject([
      { step: "canary", requests: 299, minutes: 10, within: "15m" },
      { step: "half", requests: 299, minutes: 1, within: "15m" },
    ]);
  });
});

describe("traffic that a gate asks for", () => {
  it("has to be what the step gets", () => {
    const busy = { ">=": [{ stat: ["green.requests", "sum", "3m"] }, 150] };

    expect(found(proving(busy))).toEqual(["too-little-traffic /steps/0/promoteWhen/3"]);
    expect(found(proving(busy, { traffic: { requestsPerMinute: 1200 } }))).toEqual([]);
  });

  it("has to be enough for a p99, which is unknown below 100 requests in three minutes", () => {
    const quick = { "<=": [{ var: "green.p99Ms" }, 400] };
    const blind = { after: "10m", watch: ["green.p99Ms"], action: "rollback" };

    expect(found(proving(quick))).toEqual(["too-little-traffic /steps/0/promoteWhen/3"]);
    expect(found(smallPolicy({ blind }))).toEqual(["too-little-traffic /blind/watch/0"]);
    expect(found(proving(quick, { blind, traffic: { requestsPerMinute: 1200 } }))).toEqual([]);
    expect(found(proving({ or: [quick, { "===": [{ var: "alarms.firing" }, 0] }] }))).toEqual([]);
  });
});

describe("the chance of a false rollback over the soak", () => {
  const RATE: JsonValue = { rate: ["green.errors5xx", "green.requests", "3m"] };
  const forecast = (when: JsonValue) => forecastPolicy(loadedPolicy(breaker(when))).falseRollbacks[0];

  it("is binomial", () => {
    expect(chanceOfErrors(10, 0.5, 10)).toBeCloseTo(2 ** -10, 12);
    expect(chanceOfErrors(3, 0.1, 1)).toBeCloseTo(1 - 0.9 ** 3, 12);
    expect(chanceOfErrors(100, 0.01, 0)).toBe(1);
    expect(chanceOfErrors(100, 0.01, 101)).toBe(0);
  });

  it("of a breaker is the tail of one look, times the looks, at the rate that the gates allow", () => {
    const sums = { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 40] };

    expect(forecast(sums)?.chance).toBeCloseTo(Math.min(1, 1440 * chanceOfErrors(1800, 0.01, 40)), 12);
    expect(forecast({ and: [sums, { ">=": [RATE, 0.1] }] })?.chance).toBeCloseTo(
      1440 * chanceOfErrors(1800, 0.01, 180),
      12,
    );
  });

  it("of so many bad minutes in a row is that of one, to their number", () => {
    const rate = { "/": [{ var: "green.errors5xx" }, { var: "green.requests" }] };
    const row = { all: [{ window: ["3m"] }, { ">=": [rate, 0.02] }] };

    expect(forecast(row)?.chance).toBeCloseTo(1440 * chanceOfErrors(600, 0.01, 12) ** 3, 12);
    expect(forecast({ ">=": [{ stat: ["green.errors5xx", "min", "3m"] }, 12] })?.chance).toBeCloseTo(
      1440 * chanceOfErrors(600, 0.01, 12) ** 3,
      12,
    );
  });

  it("of an exact bound is the tail from the fewest errors that bring it to the limit", () => {
    const bound = (name: string, limit: number) => ({
      ">=": [{ [name]: ["green.errors5xx", "green.requests", "3m", 0.95] }, limit],
    });
    // Of 1800 requests, 42 errors bring the upper bound to 3 %, and 67 the lower one.
    const fewest = (side: "upper" | "lower"): number =>
      Array.from({ length: 1800 }, (_, part) => part).find(
        (part) => rateBound(side, { part, whole: 1800 }, 0.95) >= 0.03,
      ) ?? 1800;

    expect([fewest("upper"), fewest("lower")]).toEqual([42, 67]);
    for (const side of ["upper", "lower"] as const)
      expect(forecast(bound(`rate_${side}`, 0.03))?.chance).toBeCloseTo(
        Math.min(1, 1440 * chanceOfErrors(1800, 0.01, fewest(side))),
        12,
      );
    expect(forecast(bound("rate_upper", 0.001))?.chance).toBe(1);
  });

  it("of a detector is what is proven of it", () => {
    const slow = { ">=": [{ evidence_above: ["green.errors5xx", "green.requests", 0.02, "step"] }, 10_000] };

    expect(forecast(slow)).toMatchObject({ chance: 0.144, proven: true });
  });

  it("is not computed of what counts no errors", () => {
    expect(forecast({ "===": [{ stat: ["green.healthyHosts", "max", "3m"] }, 0] })).toMatchObject({ chance: null });
  });

  it("is a warning where it is likely", () => {
    const nervous = breaker({ ">=": [{ stat: ["green.errors5xx", "sum", "60m"] }, 400] });

    expect(found(smallPolicy(nervous))).toEqual(["false-rollback /rollback/0/when"]);
  });
});
