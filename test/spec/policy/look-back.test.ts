import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import {
  accumulatedUses,
  gateLookBackMs,
  lookBackMs,
  operationsUsed,
  windowsOf,
} from "../../../src/policy/look-back.ts";
import type { Literal } from "../../../src/policy/operations/operation.ts";
import { STANDARD_OPERATIONS } from "../../../src/policy/operations/standard.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const max = (window: string): JsonValue => ({ "<=": [{ stat: ["forward.lagSeconds", "max", window] }, 5] });
const below = (lookBack: string, limit: JsonValue = 0.01): JsonValue => ({
  ">=": [{ evidence_below: ["green.errors5xx", "green.requests", limit, lookBack] }, 20],
});
const above: JsonValue = {
  ">=": [{ evidence_above: ["green.errors5xx", "green.requests", 0.01, "soak"] }, 20],
};

/** A policy of these rules and no others. */
const policyOf = (gates: readonly JsonValue[], rollback: readonly JsonValue[] = [], more: JsonObject = {}): Policy => ({
  ...loadedPolicy(more),
  gates: Object.fromEntries(gates.map((rule, index) => [`gate-${index}`, { why: "asked", rule }])),
  rollback: rollback.map((when, index) => ({ id: `rule-${index}`, why: "asked", when })),
});

const minutes = (count: number): number => count * MINUTE_MS;

describe("the operations used in a rule", () => {
  const used = (rule: JsonValue) => operationsUsed(rule, STANDARD_OPERATIONS);

  it("are all of them, with what is literal of their arguments", () => {
    expect(
      used({ and: [{ "!": [{ known: ["a.b"] }] }, { if: [true, { "<": [{ coverage: "3m" }, 1] }, null] }, "known"] }),
    ).toEqual([
      { name: "known", args: ["a.b"] },
      { name: "coverage", args: ["3m"] },
    ]);
  });

  it("are none that a prototype has, and none of what is too deep for a rule", () => {
    const nested = (levels: number): JsonValue => {
      let rule: JsonValue = { known: ["a.b"] };
      for (let level = 0; level < levels; level += 1) rule = [rule];
      return rule;
    };

    expect(used({ toString: ["a.b"] })).toEqual([]);
    expect([used(nested(64)).length, used(nested(65)).length, used(nested(10_000)).length]).toEqual([1, 0, 0]);
    const negated = [63, 64].map((levels) => used({ "!": nested(levels) }).length);
    expect(negated).toEqual([1, 0]);
  });
});

describe("the windows of an operation", () => {
  const windows = (name: string, ...args: readonly Literal[]) => windowsOf(STANDARD_OPERATIONS)({ name, args });

  it.each<[string, readonly Literal[], readonly number[]]>([
    ["stat", ["forward.lagSeconds", "max", "3m"], [minutes(3)]],
    ["coverage", ["1h"], [minutes(60)]],
    ["coverage", ["green.requests", "120s"], [minutes(2)]],
    ["evidence_below", ["green.errors5xx", "green.requests", 0.01, "15m"], [minutes(15)]],
    ["evidence_below", ["green.errors5xx", "green.requests", 0.01, "step"], []],
    ["evidence_above", ["green.errors5xx", "green.requests", 0.01, "soak"], []],
    ["known", ["green.requests"], []],
    ["stat", ["forward.lagSeconds"], []],
    ["nothing", ["3m"], []],
  ])("%s %j are %j milliseconds long", (name, args, lengths) => {
    expect(windows(name, ...args)).toEqual(lengths);
  });
});

describe("how far a policy looks back", () => {
  it("is its longest window, be it a gate's or a rollback rule's", () => {
    expect(lookBackMs(policyOf([max("15m"), max("5m")], [max("10m")]))).toBe(minutes(15));
    expect(lookBackMs(policyOf([max("15m")], [{ or: [max("5m"), max("20m")] }]))).toBe(minutes(20));
  });

  it("is no less than how old a value may be, whatever is asked", () => {
    expect(lookBackMs(policyOf([max("1m")]))).toBe(minutes(3));
    expect(lookBackMs(policyOf([]))).toBe(minutes(3));
  });

  it("is not made longer by a step or the soak: their sums are kept", () => {
    expect(lookBackMs(policyOf([below("step")], [above]))).toBe(minutes(3));
  });

  it("of a gate is its own alone; of one that asks what is now, or that there is not, none", () => {
    const policy = policyOf([max("15m"), { or: [max("1m"), max("2m")] }, { known: ["green.requests"] }], [max("20m")]);
    const gates = ["gate-0", "gate-1", "gate-2", "gate-3", "toString"];

    expect(gates.map((gate) => gateLookBackMs(policy, gate))).toEqual([minutes(15), minutes(2), 0, 0, 0]);
  });
});

describe("what a policy accumulates", () => {
  const keys = (policy: Policy) => {
    const { gates, rollback } = accumulatedUses(policy);
    return { gates: gates.map(({ key }) => key), rollback: rollback.map(({ key }) => key) };
  };
  const written = "green.errors5xx green.requests 0.01";

  it("is what looks back over a step or the soak, gates and rollback rules apart", () => {
    expect(keys(policyOf([below("step"), below("10m"), max("3m")], [above]))).toEqual({
      gates: [`evidence_below ${written} step`],
      rollback: [`evidence_above ${written} soak`],
    });
  });

  it("is each once, however many ask for it", () => {
    expect(keys(policyOf([{ and: [below("step"), below("step")] }, below("step"), below("soak")]))).toEqual({
      gates: [`evidence_below ${written} step`, `evidence_below ${written} soak`],
      rollback: [],
    });
  });

  it("is asked with the policy's parameters put in", () => {
    const limited = policyOf([below("step", { var: "params.limit" })], [], { params: { lag: 5, limit: 0.02 } });

    expect(keys(limited).gates).toEqual(["evidence_below green.errors5xx green.requests 0.02 step"]);
  });
});
