import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { alsoAsking, lintOf } from "../../support/lint.ts";

const LAG: JsonValue = { var: "forward.lagSeconds" };
const over = (window: string): JsonValue => ({ "<=": [{ stat: ["forward.lagSeconds", "max", window] }, 5] });
const seen = (operator: string, share: number): JsonValue => ({
  [operator]: [{ coverage: ["green.requests", "30m"] }, share],
});

/** After how many minutes of a step that lasts for no more than two the gate is said to have seen enough; null where not. */
const minutesNeeded = (rule: JsonValue, changes: JsonObject = {}, step: JsonObject = {}): number | null => {
  const asking = alsoAsking({ asked: rule }, "canary");
  const steps = (asking["steps"] as readonly JsonObject[]).map((each, index) =>
    index === 0 ? { ...each, minDwell: "1m", maxDwell: "2m", onMaxDwell: "page", ...step } : each,
  );
  const found = lintOf({ ...asking, ...changes, steps }).find((each) =>
    each.startsWith("warning window-too-long /steps/0/promoteWhen/3 "),
  );
  return found === undefined ? null : Number(/after (\d+) minutes/.exec(found)?.[1]);
};

describe("the minutes of a step that a gate has to see, two minutes after they have ended", () => {
  it.each<[string, JsonValue, number]>([
    ["a statistic", over("30m"), 29],
    ["a statistic of few", over("3m"), 5],
    ["the longest of several", { and: [over("3m"), over("30m"), over("10m")] }, 29],
    [
      "the longer of two in one",
      { "<": [{ stat: ["green.errors5xx", "sum", "10m"] }, { stat: ["blue.errors5xx", "sum", "20m"] }] },
      20,
    ],
    ["a rate", { "<": [{ rate: ["green.errors5xx", "green.requests", "10m"] }, 0.5] }, 11],
    ["every minute of a window", { all: [{ window: ["30m"] }, { "<": [LAG, 5] }] }, 29],
    ["no minute of a window", { none: [{ window: ["30m"] }, { ">": [LAG, 5] }] }, 29],
    ["a number of hosts that is one of some", { in: [{ stat: ["green.healthyHosts", "min", "30m"] }, [4, 5]] }, 29],
    ["so much of a window", seen(">=", 0.5), 17],
    ["more than so much of a window", seen(">", 0.5), 18],
    ["so much of it, the other way round", { "<=": [0.5, { coverage: ["green.requests", "30m"] }] }, 17],
    ["a broken number of minutes", seen(">=", 0.51), 18],
    ["more than a broken number", seen(">", 0.51), 18],
  ])("are those of %s", (_, rule, minutes) => {
    expect(minutesNeeded(rule)).toBe(minutes);
  });

  it("are as many as the policy wants of any window", () => {
    expect(minutesNeeded(over("30m"), { data: { cadence: "1m", maxAge: "3m", minCoverage: 0.5 } })).toBe(17);
    expect(minutesNeeded(over("30m"), { data: { cadence: "1m", maxAge: "3m", minCoverage: 1 } })).toBe(32);
  });

  it.each<[string, JsonValue]>([
    ["something else is enough", { or: [over("30m"), { "<": [LAG, 5] }] }],
    ["one minute is enough", { some: [{ window: ["30m"] }, { "<": [LAG, 5] }] }],
    [
      "a choice can do without it",
      { "<": [{ if: [{ ">": [{ var: "lb.requests" }, 5] }, LAG, { stat: ["forward.lagSeconds", "max", "30m"] }] }, 5] },
    ],
    ["it is asked for now", { "<": [LAG, 5] }],
    ["it grows with the step", { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "step"] }, 20] }],
    ["it is negated", { "!": [{ ">": [{ stat: ["forward.lagSeconds", "max", "30m"] }, 5] }] }],
  ])("are none where %s", (_, rule) => {
    expect(minutesNeeded(rule)).toBeNull();
  });

  it("are told where there are more than the step has, and with what happens by then", () => {
    const told = (maxDwell: string, onMaxDwell: string) => {
      const asking = alsoAsking({ asked: over("30m") }, "canary");
      const steps = (asking["steps"] as readonly JsonObject[]).map((each, index) =>
        index === 0 ? { ...each, minDwell: "1m", maxDwell, onMaxDwell } : each,
      );
      return lintOf({ ...asking, steps });
    };
    const says = (then: string) =>
      `warning window-too-long /steps/0/promoteWhen/3 "asked" has seen enough of step "canary" after 29 minutes (look-backs begin at the step, and metrics count 2 minutes after their minute), and after 28m ${then}; shorten its window, or raise maxDwell`;

    expect(told("28m", "page")).toEqual([says("somebody is paged")]);
    expect(told("28m", "rollback")).toEqual([says("traffic goes back")]);
    expect(told("29m", "page")).toEqual([]);
    expect(lintOf(alsoAsking({ asked: over("30m") }, "canary"))).toEqual([]);
  });
});
