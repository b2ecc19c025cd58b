import { describe, expect, it } from "vitest";
import { diffPolicies } from "../../../src/policy/diff/diff-policies.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { loadedPolicy } from "../../support/small-policy.ts";

const said = (before: Policy, after: Policy): readonly string[] =>
  diffPolicies(before, after).map(({ direction, where, what }) => `${direction} | ${where} | ${what}`);

describe("whole policies", () => {
  it("send traffic back by a gate of the soak only where both of them do", () => {
    const breaking = (onBreak: "rollback" | "restart-clock", limit: number): Policy => ({
      ...loadedPolicy({ params: { lag: limit } }),
      soak: { duration: "24h", onBreak },
    });
    const ofGates = (before: Policy, after: Policy): readonly string[] =>
      said(before, after).filter((line) => line.includes("gate lag"));
    for (const [old, now] of [
      ["rollback", "restart-clock"],
      ["restart-clock", "rollback"],
    ] as const)
      expect(ofGates(breaking(old, 5), breaking(now, 10))).toEqual([
        "opens earlier | gate lag in start, canary, half, the soak | forward.lagSeconds < 5 → forward.lagSeconds < 10",
      ]);
  });

  it("ask gates of decommission, too", () => {
    const small = loadedPolicy();
    const none = { ...small, decommission: { ...small.decommission, require: [] } };
    expect(said(small, none)).toEqual([
      expect.stringMatching(/^opens earlier \| gate errors in decommission \| no longer asks /),
    ]);
  });

  it("have the steps of the same weight in common, and of those that are left the ones of the same name", () => {
    const small = loadedPolicy();
    const stepped = (...weights: readonly (readonly [string, number])[]): Policy => ({
      ...small,
      steps: weights.map(([id, weight]) => ({ id, weight, minDwell: "10m", promoteWhen: [] })),
    });
    const before = stepped(["canary", 5], ["half", 50], ["full", 100]);
    expect(said(before, stepped(["half", 20], ["canary", 50], ["full", 100]))).toEqual([
      "opens earlier | step canary | gone: green no longer stops at 5 %",
      "opens later | step half | new: green also stops at 20 %",
      "neutral | step canary | was called half",
    ]);
    expect(said(before, stepped(["canary", 10], ["half", 50], ["full", 100]))).toEqual([
      "opens earlier | step canary | green gets 5 % → 10 %",
    ]);
  });
});
