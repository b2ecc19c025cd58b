import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { plainLine } from "../../support/recorded.ts";
import { replayed } from "../../support/replayed.ts";
import { smallPolicy } from "../../support/small-policy.ts";

/** A minute that somebody wrote down: green's share, what was decided, and the signals where they are not quiet. */
type Told = readonly [weight: number, decision: string | undefined, changes?: JsonObject];

const BAD = { green: { requests: 60, errors5xx: 30, healthyHosts: 4 } };
const times = (count: number, told: Told): readonly Told[] => Array.from({ length: count }, () => told);

/** Back on blue it waits, so that nothing but the move in question is told. */
const PATIENT = smallPolicy({ start: { minDwell: "60m", require: ["running", "lag"] } });

const comparisonOf = async (minutes: readonly Told[]) => {
  const lines = minutes.map(([weight, decision, changes], minute) =>
    plainLine(minute, weight, { ...(decision === undefined ? {} : { decision }), ...changes }),
  );
  return (await replayed({ recording: lines.join("\n"), policy: PATIENT })).document.comparison;
};

describe("a move that a plain recording tells before its weight shows it", () => {
  it.each([
    ["a step on the last line", [...times(9, [5, "hold"]), ...times(1, [5, "advance"])]],
    ["a step that took a minute", [...times(9, [5, "hold"]), ...times(2, [5, "advance"]), ...times(2, [50, "hold"])]],
    ["a way back on the last line", [...times(6, [5, "hold"]), [5, "rollback", BAD]]],
    [
      "a way back that took a minute",
      [...times(6, [5, "hold"]), [5, "rollback", BAD], ...times(2, [5, "rollback"]), [0, "hold"]],
    ],
  ] as readonly (readonly [string, readonly Told[]])[])("is the same move: %s", async (_, minutes) => {
    const comparison = await comparisonOf(minutes);
    expect(comparison?.changes).toEqual([]);
    expect(comparison?.divergence).toBeNull();
  });

  it("is told once, however long the rollback stands", async () => {
    const comparison = await comparisonOf([...times(4, [5, "hold"]), [5, "rollback"], ...times(4, [0, "rollback"])]);
    expect(comparison?.changes.map(({ action, was }) => ({ action, was }))).toEqual([
      { action: { kind: "rollback", to: 0 }, was: "2026-01-05T12:05:00.000Z" },
    ]);
  });

  it("is told once, where the word for it comes a minute after its weight", async () => {
    const comparison = await comparisonOf([...times(4, [5, "hold"]), [5, undefined], ...times(2, [0, "rollback"])]);
    expect(comparison?.changes.map(({ action, was }) => ({ action, was }))).toEqual([
      { action: { kind: "rollback", to: 0 }, was: "2026-01-05T12:05:00.000Z" },
    ]);
  });
});

describe("rules in a plain recording", () => {
  const blocked = async (traffic: JsonObject) =>
    (await comparisonOf(times(12, [5, "hold", traffic])))?.blocking["drift:unreadable"] ?? 0;

  it.each([
    ["left out are as recorded", {}, 0],
    ["in sync", { traffic: { ruleInSync: true } }, 0],
    ["null were not read", { traffic: { ruleInSync: null } }, 12],
    ["absent were not read", { absent: { "traffic.ruleInSync": "no answer" } }, 12],
  ])("that are %s", async (_, traffic, ticks) => {
    expect(await blocked(traffic)).toBe(ticks);
  });
});
