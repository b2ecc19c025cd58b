import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { lintPolicy } from "../../../src/policy/lint.ts";
import { loadScenario } from "../../../src/rehearsal/simulate/load-scenario.ts";
import { smallPolicy } from "../../support/small-policy.ts";

/** Seconds of this process alone, so that a busy machine changes little. */
const secondsOf = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const many = <T>(count: number, one: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => one(i));
const named = (count: number, value: JsonValue): JsonObject =>
  Object.fromEntries(many(count, (index) => [`key${index}`, value]));
const misspelt = (index: number): readonly [string, JsonValue] => [
  `gate${index}`,
  { why: "x", rule: { "<": [{ var: `forward.lag${index}` }, 5] } },
];

describe("of a file with thousands of mistakes", () => {
  it.each<[string, JsonObject, string, number]>([
    ["unknown fields", named(40_000, 1), "unknown-field", 40_000],
    ["misspelt signals", { gates: Object.fromEntries(many(6_000, misspelt)) }, "unknown-signal", 6_000],
    [
      "unknown signals to watch",
      { blind: { after: "10m", watch: [...many(20_000, (index) => `green.${index}`)], action: "hold" } },
      "unknown-signal",
      20_000,
    ],
    ["unknown gates", { start: { require: [...many(20_000, (index) => `gate${index}`)] } }, "unknown-gate", 20_000],
  ])("%s are told within a second, the first hundred and how many there are", (_, changes, rule, least) => {
    const text = JSON.stringify(smallPolicy(changes));
    let found: ReturnType<typeof lintPolicy> = [];

    const seconds = secondsOf(() => {
      found = lintPolicy(text, "policy.json");
    });

    const more = found.find((each) => each.rule === "too-many-findings");
    expect(found.filter((each) => each.rule === rule).length).toBeGreaterThan(90);
    expect(found).toHaveLength(101);
    expect(Number.parseInt(more?.message ?? "", 10)).toBeGreaterThanOrEqual(least);
    expect(seconds).toBeLessThan(2);
  });

  it("a scenario lists no more of them either", () => {
    const read = loadScenario(JSON.stringify(named(20_000, 1)), "scenario.json");

    expect(!read.ok && read.failure.length).toBe(101);
  });
});
