import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { requestsToProve, sayProof } from "../../../src/policy/checks/meaning/proof.ts";
import { forecastPolicy } from "../../../src/policy/lint.ts";
import { alsoAsking, lintOf } from "../../support/lint.ts";
import { loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

type Where = "start" | "canary" | "full" | "decommission";
const LAG: JsonValue = { "<": [{ var: "reverse.lagSeconds" }, 5] };
const GREEN = ["green.errors5xx", "green.requests"];

/** What is said of a gate `asked` at one place, where 600 requests a minute are expected if nothing else is said. */
const asked = (rule: JsonValue, where: Where, requestsPerMinute = 600, changes: JsonObject = {}): readonly string[] =>
  lintOf({ ...alsoAsking({ asked: rule }, where), traffic: { requestsPerMinute }, ...changes });

describe("traffic that a gate asks for and does not get", () => {
  const least = (path: string, requests: number): JsonValue => ({ ">=": [{ stat: [path, "sum", "3m"] }, requests] });
  const inCanary = (shows: string) =>
    `warning too-little-traffic /steps/0/promoteWhen/3 "asked" does not pass at what step "canary" is expected to show, ${shows}; lower what it asks for, change the weight, or correct traffic.requestsPerMinute`;

  it.each<[string, JsonValue, string]>([
    ["green's", least("green.requests", 91), "green.requests 30 a minute"],
    ["blue's", least("blue.requests", 1711), "blue.requests 570 a minute"],
    ["all of it", least("lb.requests", 1801), "lb.requests 600 a minute"],
    ["green's share", { ">": [{ var: "traffic.greenPercent" }, 5] }, "traffic.greenPercent 5"],
    ["one of two", { and: [least("green.requests", 90), least("blue.requests", 1711)] }, "blue.requests 570 a minute"],
    [
      "both of them in one",
      { "<": [{ var: "blue.requests" }, { var: "green.requests" }] },
      "blue.requests 570 a minute, green.requests 30 a minute",
    ],
    [
      "either of two",
      { or: [least("green.requests", 91), least("lb.requests", 1801)] },
      "green.requests 30 a minute, lb.requests 600 a minute",
    ],
    [
      "some minute's",
      { some: [{ window: ["3m"] }, { ">": [{ var: "green.requests" }, 30] }] },
      "green.requests 30 a minute",
    ],
  ])("is told with what there is: %s", (_, rule, shows) => {
    expect(asked(rule, "canary")).toEqual([inCanary(shows)]);
  });

  it("is told in numbers that somebody can read", () => {
    expect(asked(least("green.requests", 1000), "canary", 333.3)).toEqual([inCanary("green.requests 16.66 a minute")]);
  });

  it.each<[string, JsonValue, Where]>([
    ["it gets as much", least("green.requests", 90), "canary"],
    ["something else is enough", { or: [least("green.requests", 91), LAG] }, "canary"],
    [
      "it asks for errors too",
      { "<": [{ "/": [{ var: "green.errors5xx" }, { var: "green.requests" }] }, 0.1] },
      "canary",
    ],
    [
      "something else is enough, of how old they are",
      { or: [least("green.requests", 91), { "<": [{ age: ["green.requests"] }, 10] }] },
      "canary",
    ],
    ["it asks for lag in the same condition", { "===": [{ and: [least("green.requests", 91), LAG] }, true] }, "canary"],
    [
      "it asks first whether they are known",
      { if: [{ known: ["green.requests"] }, least("green.requests", 91), false] },
      "canary",
    ],
    ["it asks how old they are", { "<": [{ age: ["green.requests"] }, 10] }, "canary"],
    ["it asks only whether they are known", { known: ["green.requests"] }, "canary"],
    ["it is asked at 100 %, where all is green's", least("green.requests", 1800), "full"],
    ["blue has all of it before the first step", least("blue.requests", 1800), "start"],
  ])("is not told where %s", (_, rule, where) => {
    expect(asked(rule, where).filter((each) => each.includes("traffic"))).toEqual([]);
  });

  it("before the first step is blue's, and of green's share there is none", () => {
    expect(asked(least("blue.requests", 1801), "start")).toEqual([
      'warning too-little-traffic /start/require/2 "asked" does not pass at the 600 requests a minute that blue gets before the first step; lower what it asks for, or correct traffic.requestsPerMinute',
    ]);
    expect(asked({ ">": [{ var: "traffic.greenPercent" }, 0] }, "start")).toEqual([
      'error green-before-start /start/require/2 "asked" does not pass at 0 % green, and before the first step green has no traffic: ask it in that step instead',
    ]);
  });
});

describe("a p99 of too few requests", () => {
  const quick = (side: string): JsonValue => ({ "<=": [{ var: `${side}.p99Ms` }, 400] });
  const why = (side: string, when: string, comes: string) =>
    `${side}.p99Ms has no value ${when}: a p99 needs 100 requests in three minutes, and ${comes}`;
  const unknown = '"asked" would stay unknown';

  it("keeps a gate shut that needs it, in a step or before the first", () => {
    const canary = (side: string) =>
      `warning too-little-traffic /steps/0/promoteWhen/3 ${why(side, 'at the traffic of step "canary"', unknown)}`;

    expect(asked(quick("green"), "canary")).toEqual([canary("green")]);
    expect(asked({ and: [LAG, quick("green")] }, "canary")).toEqual([canary("green")]);
    expect(asked(quick("blue"), "canary", 35).slice(0, 1)).toEqual([canary("blue")]);
    expect(asked(quick("blue"), "start", 33)).toContain(
      `warning too-little-traffic /start/require/2 ${why("blue", "at the traffic before the first step", unknown)}`,
    );
  });

  it("keeps none shut that has enough, or that can do without", () => {
    for (const [rule, where, requests] of [
      [quick("green"), "canary", 667],
      [quick("green"), "full", 34],
      [quick("blue"), "start", 34],
      [quick("blue"), "start", 100 / 3],
      [{ or: [quick("green"), LAG] }, "canary", 600],
    ] as const)
      expect(asked(rule, where, requests).filter((each) => each.includes("p99"))).toEqual([]);
  });

  it("is blindness where it is watched", () => {
    const watching = (...watch: readonly string[]) =>
      lintOf({ blind: { after: "10m", watch: [...watch], action: "hold" } });

    expect(watching("green.requests", "green.p99Ms")).toEqual([
      `warning too-little-traffic /blind/watch/1 ${why("green", 'at the traffic of step "canary"', "pawl would be blind there")}`,
    ]);
    expect(watching("green.requests", "green.healthyHosts")).toEqual([]);
    expect(
      lintOf({ blind: { after: "10m", watch: ["green.p99Ms"], action: "hold" }, traffic: { requestsPerMinute: 667 } }),
    ).toEqual([]);
  });
});

describe("a proof that a gate asks for", () => {
  const below = (lookBack: string, limit = 0.01): JsonValue => ({ evidence_below: [...GREEN, limit, lookBack] });
  const proof = (lookBack: string): JsonValue => ({ ">=": [below(lookBack), 20] });
  const forecasts = (rule: JsonValue, where: Where = "canary", changes: JsonObject = {}) =>
    forecastPolicy(loadedPolicy({ ...alsoAsking({ asked: rule }, where), ...changes })).proofs;
  const canary = { step: "canary", weight: 5, gate: "asked", requestsPerMinute: 30, at: "/steps/0/promoteWhen/3" };

  it.each<[string, JsonValue, object]>([
    ["over the step", proof("step"), { requests: 358, minutes: 12, within: "24h" }],
    ["over minutes", proof("30m"), { requests: 358, minutes: 12, within: "30m" }],
    ["of more than says nothing", { ">": [below("step"), 1] }, { requests: 1, minutes: 1, within: "24h" }],
    ["of no more than that", { ">=": [below("step"), 1] }, { requests: 0, minutes: 0, within: "24h" }],
    ["of more than so much", { ">": [below("step"), 20] }, { requests: 358, minutes: 12, within: "24h" }],
    ["the other way round", { "<=": [20, below("step")] }, { requests: 358, minutes: 12, within: "24h" }],
    ["beside something else", { and: [LAG, { and: [proof("step")] }] }, { requests: 358, minutes: 12, within: "24h" }],
    [
      "by an exact bound",
      { "<": [{ rate_upper: [...GREEN, "15m", 0.95] }, 0.01] },
      { requests: 299, minutes: 10, within: "15m" },
    ],
    [
      "by an exact bound, or as much",
      { "<=": [{ rate_upper: [...GREEN, "15m", 0.99] }, 0.02] },
      { requests: 228, minutes: 8, within: "15m" },
    ],
  ])("takes so many requests, and so long: %s", (_, rule, takes) => {
    expect(forecasts(rule)).toEqual([{ ...canary, ...takes }]);
  });

  it.each<[string, JsonValue]>([
    ["something else is enough", { or: [proof("step"), LAG] }],
    ["it is not asked for", LAG],
    ["it asks that there is none", { "<": [{ evidence_above: [...GREEN, 0.02, "step"] }, 3] }],
    ["it asks that one is missing", { "!": [{ "<": [{ evidence_above: [...GREEN, 0.02, "step"] }, 3] }] }],
    ["the bound may be as high", { ">": [{ rate_upper: [...GREEN, "15m", 0.95] }, 0] }],
    ["it asks that one is missing", { "<": [below("step"), 20] }],
    ["the other bound is asked", { "<": [{ rate_lower: [...GREEN, "15m", 0.95] }, 0.01] }],
  ])("is none where %s", (_, rule) => {
    expect(lintOf(alsoAsking({ asked: rule }, "canary")).join()).not.toContain("proof-takes");
    expect(forecasts(rule)).toEqual([]);
  });

  it("has the shorter of its look-back and its step", () => {
    const dwelling = (maxDwell: string) => ({
      steps: (alsoAsking({ asked: LAG }, "canary")["steps"] as readonly JsonObject[]).map((step, index) =>
        index === 0 ? { ...step, maxDwell, onMaxDwell: "page" } : step,
      ),
    });

    expect(forecasts(proof("30m"), "canary", dwelling("20m"))).toMatchObject([{ within: "20m" }]);
    expect(forecasts(proof("20m"), "canary", dwelling("30m"))).toMatchObject([{ within: "20m" }]);
    expect(forecasts(proof("step"), "canary", dwelling("30m"))).toMatchObject([{ within: "30m" }]);
  });

  it("is told of where there is less time for it than it takes", () => {
    const says =
      'warning proof-takes-too-long /steps/0/promoteWhen/3 "asked" needs 358 requests without an error, at 30 a minute 12 minutes, and step "canary" has 11m for it; raise the weight, the limit or the time';

    expect(asked(proof("11m"), "canary")).toEqual([says]);
    expect(asked(proof("12m"), "canary")).toEqual([]);
    expect(asked(proof("60m"), "canary", 7).join()).toContain("at 0.35 a minute 1023 minutes,");
  });

  it("is never given where no request comes", () => {
    const blue: JsonValue = { ">=": [{ evidence_below: ["blue.errors5xx", "blue.requests", 0.01, "15m"] }, 20] };
    const gates = { ...(smallPolicy()["gates"] as JsonObject), blue: { why: "x", rule: blue } };
    const policy = loadedPolicy({ gates, start: { require: ["running", "blue"] } });
    const full = { ...policy, steps: policy.steps.slice(-1).map((step) => ({ ...step, promoteWhen: ["blue"] })) };

    expect(forecastPolicy(full).proofs).toMatchObject([{ requestsPerMinute: 0, minutes: Number.POSITIVE_INFINITY }]);
  });

  it("is said in a line", () => {
    const [first] = forecasts(proof("step"));
    if (first === undefined) throw new Error("there is a proof");

    expect(sayProof(first)).toBe(
      "step canary, 5 %: asked needs 358 requests without an error, at 30 a minute 12 minutes (of 24h)",
    );
    expect(sayProof({ ...first, minutes: 1, requestsPerMinute: 1234.567 })).toContain("at 1235 a minute 1 minute (of");
    expect(sayProof({ ...first, minutes: Number.POSITIVE_INFINITY })).toContain("for ever (of");
  });

  it.each([
    [0.01, 20, false],
    [0.5, 3, true],
    [0.001, 1000, false],
  ])("below %d to %d takes no request less than it says", (limit, threshold, strictly) => {
    const requests = requestsToProve(limit, threshold, strictly);

    expect(requestsToProve(limit, threshold * 1.001, strictly)).toBeGreaterThanOrEqual(requests);
    expect(requestsToProve(limit, threshold / 10, strictly)).toBeLessThan(requests);
    expect(requestsToProve(limit, 1, true)).toBe(1);
    expect(requestsToProve(limit, 1)).toBe(0);
  });

  it("is not looked for among more requests than can be counted", () => {
    expect(requestsToProve(1e-18, 20)).toBe(2 ** 52);
  });
});
