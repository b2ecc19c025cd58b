import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { lintPolicy, readPolicy, readSoundPolicy } from "../../../src/policy/lint.ts";
import { loadPolicy, loadSoundPolicy } from "../../../src/policy/load-policy.ts";
import { policyText } from "../../support/orders-policies.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const textOf = (changes: JsonObject) => JSON.stringify(smallPolicy(changes));
const found = (changes: JsonObject) =>
  lintPolicy(textOf(changes), "policy.json").map(({ level, rule, pointer }) => `${level} ${rule} ${pointer}`);

const [breaker] = smallPolicy()["rollback"] as readonly JsonObject[];
const rules = (count: number, last: JsonValue): JsonObject => ({
  rollback: Array.from({ length: count }, (_, index) => ({
    ...breaker,
    id: `breaker-${index}`,
    ...(index === count - 1 ? { when: last } : {}),
  })),
});
const gate = (rule: JsonValue): JsonObject => ({
  gates: { ...(smallPolicy()["gates"] as JsonObject), lag: { why: "close", rule } },
});

describe("a mistake within a rule", () => {
  const misspelt: JsonObject = { soak: { durration: "24h", duration: "24h", onBreak: "restart-clock" } };

  it.each<[string, JsonObject, string]>([
    ["a gate's, at its top", gate([true]), "/gates/lag/rule"],
    ["a gate's, within", gate({ "<": [{ var: "forward.lagSeconds" }] }), "/gates/lag/rule/<"],
    ["a rollback rule's, at its top", rules(1, null), "/rollback/0/when"],
    ["a rollback rule's, within", rules(2, { "!": [null] }), "/rollback/1/when/!/0"],
    ["the eleventh rollback rule's", rules(11, { "!": [null] }), "/rollback/10/when/!/0"],
  ])("is told once, and hides none outside of it: %s", (_, changes, pointer) => {
    const all = found({ ...changes, ...misspelt });

    expect(all.filter((each) => each.endsWith(` ${pointer}`))).toHaveLength(1);
    expect(all.filter((each) => each.endsWith(" /soak/durration"))).toHaveLength(1);
    expect(all).toHaveLength(2);
  });
});

describe("what a policy means", () => {
  const wrongWayRound = gate({ ">": [{ var: "forward.lagSeconds" }, 5] });

  it("is looked at for one that is armed, and not for one that is tried", () => {
    const text = textOf(wrongWayRound);

    expect(readPolicy(text, "policy.json")).toMatchObject({ policy: JSON.parse(text), problems: [] });
    expect(readSoundPolicy(text, "policy.json").problems).not.toEqual([]);
    expect([loadPolicy(text, "policy.json").ok, loadSoundPolicy(text, "policy.json").ok]).toEqual([true, false]);
  });

  it("is looked at as a whole though something is warned of", () => {
    const running = (smallPolicy()["gates"] as JsonObject)["running"] ?? null;
    const idle: JsonObject = { gates: { ...(smallPolicy()["gates"] as JsonObject), idle: running } };
    // The same limits for both: the gates would open just where the rollback rule fires.
    const together: JsonObject = {
      rollback: [{ ...breaker, when: { ">=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.01] } }],
    };

    const alone = found(together);
    expect(alone).not.toEqual([]);
    expect(found({ ...idle, ...together })).toEqual(expect.arrayContaining([...alone]));
    expect(found(idle)).toEqual([expect.stringMatching(/^warning .* \/gates\/idle$/)]);
  });

  it("is looked at for no cutover where none is given", () => {
    const text = policyText("policy");

    expect(readSoundPolicy(text, "policy.json").problems).toEqual([]);
    expect(loadSoundPolicy(text, "policy.json").ok).toBe(true);
  });

  it("of one that is well is nothing to refuse, be it tried or armed", () => {
    const text = textOf({});

    expect(loadSoundPolicy(text, "policy.json")).toEqual({ ok: true, value: JSON.parse(text) });
    expect(loadSoundPolicy(text, "policy.json", { cutovers: [], now: null })).toEqual(loadPolicy(text, "policy.json"));
    expect(readSoundPolicy(text, "policy.json")).toEqual({ policy: JSON.parse(text), problems: [] });
  });
});
