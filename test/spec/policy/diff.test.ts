import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { askingAtStart, loadedPolicy, smallPolicy } from "../../support/small-policy.ts";

type Draft = { [key: string]: JsonValue | Draft };

const edited = (edit: (policy: Draft) => void): Policy => {
  const draft = structuredClone(smallPolicy()) as Draft;
  edit(draft);
  const loaded = loadPolicy(JSON.stringify(draft), "new.json");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.failure));
  return loaded.value;
};

const said = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ direction, where, what }) => `${direction} | ${where} | ${what}`);

const SMALL = loadedPolicy();
const changed = (edit: (policy: Draft) => void): readonly string[] => said(SMALL, edited(edit));

/** One gate that goes from one rule to another; nothing else asks anything, so that nothing else speaks for it. */
const gate = (before: JsonValue, now: JsonValue): readonly string[] => {
  const alone = (rule: JsonValue): Policy => askingAtStart({ lag: rule });
  return said(alone(before), alone(now));
};

const rollback = (before: JsonValue, now: JsonValue): readonly string[] => {
  const with_ = (when: JsonValue) => (policy: Draft) => {
    (policy["rollback"] as JsonValue[])[0] = { id: "breaker", why: "w", when };
  };
  return said(edited(with_(before)), edited(with_(now)));
};

const directions = (lines: readonly string[]): readonly string[] => lines.map((line) => line.split(" | ")[0] ?? "");

const below = (limit: number, of: JsonValue = { var: "forward.lagSeconds" }) => ({ "<": [of, limit] });
const max = (window: string): JsonObject => ({ stat: ["forward.lagSeconds", "max", window] });

describe("two policies that mean the same", () => {
  it("have no difference where they are the same", () => {
    expect(said(SMALL, SMALL)).toEqual([]);
  });

  it("differ in words only where sentences and names differ", () => {
    const lines = changed((policy) => {
      policy["description"] = "Other words.";
      const gates = policy["gates"] as Draft;
      gates["nearby"] = { ...(gates["lag"] as Draft) };
      delete gates["lag"];
      (gates["errors"] as Draft)["why"] = "other words";
      const text = JSON.stringify(policy).replaceAll('["running","lag', '["running","nearby');
      Object.assign(policy, JSON.parse(text));
    });
    expect(lines).toEqual([
      "neutral | policy | description: words only",
      "neutral | gate errors | why: words only",
      "neutral | gate nearby | was called lag",
    ]);
  });

  it.each<[string, JsonValue, JsonValue]>([
    ["turned round", below(5), { ">": [5, { var: "forward.lagSeconds" }] }],
    ["negated", below(5), { "!": [{ ">=": [{ var: "forward.lagSeconds" }, 5] }] }],
    [
      "a whole number's neighbour",
      below(5, { var: "forward.lagRecords" }),
      { "<=": [{ var: "forward.lagRecords" }, 4] },
    ],
    ["a part that adds nothing", below(5), { and: [below(5), below(9)] }],
  ])("are told to come to the same where a rule is written otherwise: %s", (_, before, now) => {
    expect(directions(gate(before, now))).toEqual(["neutral"]);
  });
});

describe("a gate that changes", () => {
  it.each<[string, JsonValue, JsonValue, string]>([
    ["a limit that rises", below(5), below(10), "opens earlier"],
    ["a limit that falls", below(10), below(5), "opens later"],
    [
      "a floor that falls",
      { ">=": [{ var: "green.healthyHosts" }, 4] },
      { ">=": [{ var: "green.healthyHosts" }, 3] },
      "opens earlier",
    ],
    ["a part less", { and: [below(5), below(3, { var: "reverse.lagSeconds" })] }, below(5), "opens earlier"],
    ["a part more", below(5), { and: [below(5), below(3, { var: "reverse.lagSeconds" })] }, "opens later"],
    [
      "or instead of and",
      { and: [below(5), below(3, { var: "reverse.lagSeconds" })] },
      { or: [below(5), below(3, { var: "reverse.lagSeconds" })] },
      "opens earlier",
    ],
    ["the greatest of more minutes", below(5, max("3m")), below(5, max("10m")), "opens later"],
    [
      "the average instead of the greatest",
      below(5, max("3m")),
      below(5, { stat: ["forward.lagSeconds", "avg", "3m"] }),
      "opens earlier",
    ],
    [
      "every minute of a longer window",
      { all: [{ window: ["3m"] }, below(5)] },
      { all: [{ window: ["10m"] }, below(5)] },
      "opens later",
    ],
    [
      "every minute within a higher limit",
      { all: [{ window: ["3m"] }, below(5)] },
      { all: [{ window: ["3m"] }, below(6)] },
      "opens earlier",
    ],
    [
      "one state more",
      { "===": [{ var: "forward.state" }, "RUNNING"] },
      { in: [{ var: "forward.state" }, ["RUNNING", "PAUSED"]] },
      "opens earlier",
    ],
    [
      "a factor that rises",
      { "<=": [{ var: "green.p99Ms" }, { "*": [1.2, { var: "blue.p99Ms" }] }] },
      { "<=": [{ var: "green.p99Ms" }, { "*": [1.5, { var: "blue.p99Ms" }] }] },
      "opens earlier",
    ],
    [
      "a proof of a looser limit",
      { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.01, "step"] }, 20] },
      { ">=": [{ evidence_below: ["green.errors5xx", "green.requests", 0.02, "step"] }, 20] },
      "opens earlier",
    ],
    [
      "an upper bound instead of the rate",
      { "<=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.01] },
      { "<=": [{ rate_upper: ["green.errors5xx", "green.requests", "3m", 0.95] }, 0.01] },
      "opens later",
    ],
  ])("%s", (_, before, now, direction) => {
    expect(directions(gate(before, now))).toEqual([direction]);
    const back = { "opens earlier": "opens later", "opens later": "opens earlier" }[direction];
    expect(directions(gate(now, before))).toEqual([back]);
  });

  it.each<[string, JsonValue, JsonValue]>([
    [
      "another figure of the same signal",
      below(5, max("3m")),
      { "<=": [{ stat: ["forward.lagSeconds", "slope", "15m"] }, 0.2] },
    ],
    [
      "a window that moves both ends of a rate",
      { "<=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.01] },
      { "<=": [{ rate: ["green.errors5xx", "green.requests", "10m"] }, 0.01] },
    ],
    [
      "a band that moves",
      { "<": [2, { var: "forward.lagSeconds" }, 6] },
      { "<": [4, { var: "forward.lagSeconds" }, 9] },
    ],
  ])("is never guessed: %s", (_, before, now) => {
    expect(directions(gate(before, now))).toEqual(["cannot tell"]);
  });

  it("says one line for all places that ask it, and each of its signals by itself", () => {
    const lines = changed((policy) => Object.assign(policy["params"] as Draft, { lag: 10 }));
    expect(lines).toEqual([
      "opens earlier | gate lag in start, canary, half, the soak | forward.lagSeconds < 5 → forward.lagSeconds < 10",
    ]);
  });

  it("that is no longer asked opens its step earlier, one asked anew later", () => {
    const steps = (promoteWhen: readonly string[]) => (policy: Draft) => {
      Object.assign((policy["steps"] as unknown as Draft[])[1] as Draft, { promoteWhen });
    };
    expect(changed(steps(["running", "errors"]))).toEqual([
      "opens earlier | gate lag in half | no longer asks forward.lagSeconds < 5",
    ]);
    expect(said(edited(steps(["running", "errors"])), SMALL)).toEqual([
      "opens later | gate lag in half | also asks forward.lagSeconds < 5",
    ]);
  });

  it("that only takes over what another gate asked changes nothing", () => {
    const lines = changed((policy) => {
      const gates = policy["gates"] as Draft;
      const rules = ["running", "lag"].map((name) => (gates[name] as Draft)["rule"]);
      gates["both"] = { why: "w", rule: { and: rules as JsonValue[] } };
      (policy["steps"] as unknown as Draft[])[0] = {
        ...(policy["steps"] as unknown as Draft[])[0],
        promoteWhen: ["both", "errors"],
      };
    });
    expect(lines).toEqual([]);
  });
});

const fires = (errors: number, rate = 0.1) => ({
  and: [
    { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, errors] },
    { ">=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, rate] },
  ],
});

describe("a rollback rule that changes", () => {
  it.each<[string, JsonValue, JsonValue, readonly string[]]>([
    ["a higher limit", fires(10), fires(20), ["rolls back later"]],
    ["a lower limit", fires(10), fires(5), ["rolls back earlier"]],
    ["both limits apart", fires(10), fires(20, 0.05), ["cannot tell"]],
    [
      "one condition less",
      fires(10),
      { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 10] },
      ["rolls back earlier"],
    ],
    ["what the floor does anyway", { or: [fires(10), fires(15, 0.7)] }, fires(10), ["neutral"]],
    [
      "a change detector of another ratio",
      {
        ">=": [
          { evidence_worse: ["green.errors5xx", "green.requests", "blue.errors5xx", "blue.requests", 1.25, "step"] },
          200,
        ],
      },
      {
        ">=": [
          { evidence_worse: ["green.errors5xx", "green.requests", "blue.errors5xx", "blue.requests", 2, "step"] },
          200,
        ],
      },
      ["cannot tell"],
    ],
  ])("%s", (_, before, now, found) => {
    expect(directions(rollback(before, now))).toEqual(found);
  });

  it("that is gone is the first line", () => {
    const two = edited((policy) => {
      (policy["rollback"] as JsonValue[]).push({
        id: "hosts",
        why: "w",
        when: { "===": [{ var: "green.healthyHosts" }, 0] },
      });
      Object.assign(policy["params"] as Draft, { lag: 3 });
    });
    expect(directions(said(two, SMALL))).toEqual(["rolls back later", "opens earlier"]);
    expect(said(two, SMALL)[0]).toBe(
      "rolls back later | rollback rule hosts | no longer fires on green.healthyHosts === 0",
    );
  });
});

describe("steps and settings", () => {
  const step = (index: number, changes: JsonObject) => (policy: Draft) => {
    Object.assign((policy["steps"] as unknown as Draft[])[index] as Draft, changes);
  };
  const set = (field: string, changes: JsonObject) => (policy: Draft) => {
    policy[field] = { ...(policy[field] as Draft), ...changes };
  };

  const put = (field: string, value: JsonValue) => (policy: Draft) => {
    policy[field] = value;
  };

  it.each<[string, (policy: Draft) => void, string]>([
    ["a shorter dwell", step(0, { minDwell: "5m" }), "opens earlier | step canary | minDwell 10m → 5m"],
    ["the same dwell in other words", step(0, { minDwell: "600s" }), "neutral | step canary | minDwell 10m → 600s"],
    [
      "a dwell at 100 %, where the soak decides",
      step(2, { minDwell: "5m" }),
      "neutral | step full | minDwell 10m → 5m",
    ],
    [
      "a longest dwell that sends back",
      step(0, { maxDwell: "1h", onMaxDwell: "rollback" }),
      "rolls back earlier | step canary | rolls back unless its gates pass within unlimited → 1h",
    ],
    [
      "a longest dwell that pages",
      step(0, { maxDwell: "1h", onMaxDwell: "page" }),
      "neutral | step canary | pages unless its gates pass within unlimited → 1h",
    ],
    ["a larger share", step(0, { weight: 10 }), "opens earlier | step canary | green gets 5 % → 10 %"],
    ["a step by another name", step(0, { id: "first" }), "neutral | step first | was called canary"],
    ["a longer soak", set("soak", { duration: "48h" }), "opens later | soak | duration 24h → 48h"],
    [
      "a soak that breaks",
      set("soak", { onBreak: "rollback" }),
      "rolls back earlier | soak | onBreak restart-clock → rollback",
    ],
    ["blindness that waits longer", set("blind", { after: "20m" }), "rolls back later | blind | after 10m → 20m"],
    [
      "blindness that only holds",
      set("blind", { action: "hold" }),
      "rolls back later | blind | action rollback → hold",
    ],
    [
      "a shorter cool-down",
      set("afterRollback", { cooldown: "5m" }),
      "opens earlier | afterRollback | cooldown 60m → 5m",
    ],
    [
      "a rollback that accepts loss",
      put("whenNotLossless", "snap"),
      "rolls back earlier | whenNotLossless |  hold → snap",
    ],
    [
      "a freeze",
      put("freeze", [{ weekly: "Fri 16:00 - Mon 06:00", why: "w" }]),
      "opens later | freeze | new: Fri 16:00 - Mon 06:00",
    ],
    [
      "a waiver",
      put("waivers", [{ gate: "errors", why: "w", by: "ada", expires: "2026-12-01T00:00:00Z" }]),
      "opens earlier | waiver | new: errors until 2026-12-01T00:00:00Z by ada",
    ],
  ])("%s", (_, edit, line) => {
    expect(changed(edit)).toEqual([line]);
  });

  it("a step that is gone is a larger step, one more a smaller one", () => {
    const without = edited((policy) => void (policy["steps"] as unknown as Draft[]).splice(1, 1));
    expect(said(SMALL, without)).toEqual(["opens earlier | step half | gone: green no longer stops at 50 %"]);
    expect(said(without, SMALL)).toEqual(["opens later | step half | new: green also stops at 50 %"]);
  });

  it("what nothing watches because the floor does is no difference", () => {
    expect(changed(set("blind", { watch: ["forward.lagSeconds"] }))).toEqual([]);
  });

  it("a soak that is broken by a gate goes back later where the gate is loosened", () => {
    const breaking = (limit: number) =>
      edited((policy) => {
        policy["soak"] = { duration: "24h", onBreak: "rollback" };
        Object.assign(policy["params"] as Draft, { lag: limit });
      });
    expect(said(breaking(5), breaking(10)).map((line) => line.split(" | ").slice(0, 2))).toEqual([
      ["rolls back later", "gate lag in the soak"],
      ["opens earlier", "gate lag in start, canary, half, the soak"],
    ]);
  });

  it("less coverage opens and fires earlier", () => {
    expect(directions(changed(set("data", { minCoverage: 0.6 })))).toEqual(["opens earlier", "rolls back earlier"]);
  });
});
