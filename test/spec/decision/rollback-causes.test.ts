import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { DecideInput } from "../../../src/decision/decision.ts";
import { holdsInstead } from "../../../src/decision/rollback-safety.ts";
import type { SafetyLabel } from "../../../src/decision/state.ts";
import type { RollbackVerdict } from "../../../src/policy/verdict.ts";
import { POLICY } from "../../property/arbitraries.ts";
import { ago, armed, gateOf, inputOf, NOW, soaking, stateOf } from "../../support/decide-input.ts";

const ruleOf = (rule: string, verdict: RollbackVerdict["verdict"]): RollbackVerdict => ({
  ...{ rule, why: `${rule} broke`, verdict, reasons: [], comparisons: [] },
});

const rollback = (input: DecideInput) => {
  const decision = decide(input);
  return decision.kind === "rollback" ? { cause: decision.cause, reasons: decision.reasons } : null;
};

describe("traffic goes back", () => {
  it("for an alarm, at every weight, the worst as the cause and all of them as reasons", () => {
    const firing = [
      { arn: "down", severity: "hard-down" as const },
      { arn: "slow", severity: "degraded" as const },
    ];
    for (const state of [armed(), stateOf(), soaking()])
      expect(rollback(inputOf({ state, facts: { firing } }))).toEqual({
        cause: { kind: "alarm", alarmArn: "down", severity: "hard-down", alarmAt: NOW },
        reasons: ["down is in ALARM (hard-down)", "slow is in ALARM (degraded)"],
      });
  });

  it("for the policy's rules that fired, and for no other", () => {
    const judgement = {
      rollback: [ruleOf("r", "fired"), ruleOf("q", "unknown"), ruleOf("s", "clear"), ruleOf("t", "fired")],
    };
    expect(rollback(inputOf({ judgement }))).toEqual({
      cause: { kind: "policy", rules: ["r", "t"] },
      reasons: ["r fired: r broke", "t fired: t broke"],
    });
    expect(rollback(inputOf({ state: armed(), judgement }))).toBeNull();
  });

  it("for blindness that lasts, where the policy says so", () => {
    const blind = (seconds: number, action: "rollback" | "hold" = "rollback") =>
      rollback(
        inputOf({
          state: stateOf({ blindSince: ago(seconds) }),
          policy: { blind: { ...POLICY.blind, action } },
          judgement: {
            blind: [
              { signal: "x.y", reason: "gone" },
              { signal: "x.z", reason: "gone" },
            ],
          },
        }),
      );
    expect(blind(600)).toEqual({
      cause: { kind: "policy", rules: ["blind"] },
      reasons: ["blind for 10 min: x.y, x.z"],
    });
    expect(blind(599)).toBeNull();
    expect(blind(600, "hold")).toBeNull();
  });

  it("for a soak whose gates fail for sure, where the policy says so", () => {
    const broken = (of: { onBreak?: "restart-clock"; unsure?: true; verdict?: "unknown"; shifting?: true }) =>
      rollback(
        inputOf({
          state: of.shifting === true ? stateOf() : soaking(),
          policy: { soak: { ...POLICY.soak, onBreak: of.onBreak ?? "rollback" } },
          facts: { failsForSure: of.unsure !== true },
          judgement: { gates: [gateOf("a", { verdict: of.verdict ?? "fail" }), gateOf("b")] },
        }),
      );
    expect(broken({})).toEqual({
      cause: { kind: "policy", rules: ["soak:a"] },
      reasons: ["a failed in the soak: a is well"],
    });
    expect(broken({ onBreak: "restart-clock" })).toBeNull();
    expect(broken({ unsure: true })).toBeNull();
    expect(broken({ verdict: "unknown" })).toBeNull();
    expect(broken({ shifting: true })).toBeNull();
  });

  it("for no gate of the soak but those of the last step", () => {
    const [first, second, last] = POLICY.steps;
    if (first === undefined || second === undefined || last === undefined) throw new Error("unreachable");
    const asks = (promoteWhen: string) => ({
      steps: [first, { ...second, promoteWhen: ["a"] }, { ...last, promoteWhen: [promoteWhen] }],
      soak: { ...POLICY.soak, onBreak: "rollback" as const },
    });
    const judgement = { gates: [gateOf("a", { verdict: "fail" }), gateOf("b")] };
    const broken = (gate: string) =>
      rollback(inputOf({ state: soaking(), policy: asks(gate), facts: { failsForSure: true }, judgement }));
    expect(broken("a")).toMatchObject({ cause: { rules: ["soak:a"] } });
    expect(broken("b")).toBeNull();
  });

  it("for an outsider who sent it back, once two ticks have seen it", () => {
    const drifted = (drift: "more-blue" | "pin-raised" | "more-green", seconds: number) =>
      rollback(
        inputOf({
          state: stateOf({
            blocking: [{ what: `drift:${drift}`, since: ago(seconds), value: "v", threshold: "t", clears: "c" }],
          }),
          facts: { traffic: { readAt: NOW, drift, detail: "green has 0 %", greenPercent: 0 } },
        }),
      );
    for (const drift of ["more-blue", "pin-raised"] as const) {
      expect(drifted(drift, 60)).toEqual({
        cause: { kind: "outsider", what: "green has 0 %" },
        reasons: ["seen in two ticks: green has 0 %"],
      });
      expect(drifted(drift, 59)).toBeNull();
    }
    expect(drifted("more-green", 60)).toBeNull();
  });

  it.each(["more-blue", "pin-raised"] as const)(
    "for an outsider's %s also where the rules could not be read between",
    (drift) => {
      const seen = { what: `drift:${drift}`, value: "v", threshold: "t", clears: "c" };
      const over = { what: "gate:a", since: ago(60), value: "v", threshold: "t", clears: "c" };
      const before = stateOf({ blocking: [over, { ...seen, since: ago(60) }] });
      const unread = decide(
        inputOf({
          state: before,
          facts: { traffic: { readAt: NOW, drift: "unreadable", detail: "d", greenPercent: null } },
        }),
      );
      expect(unread).toMatchObject({ kind: "hold", blocking: expect.arrayContaining([{ ...seen, since: ago(60) }]) });
      expect(unread.blocking.map(({ what }) => what)).toEqual(["drift:unreadable", seen.what]);
      const after = stateOf({ blocking: unread.blocking });
      const seenAgain = { readAt: NOW, drift, detail: "green has 0 %", greenPercent: 0 };
      expect(rollback(inputOf({ state: after, facts: { traffic: seenAgain } }))).toMatchObject({
        cause: { kind: "outsider" },
      });
      const inSync = { readAt: NOW, drift: "in-sync", detail: "d", greenPercent: 50 } as const;
      const asRecorded = decide(inputOf({ state: after, facts: { traffic: inSync } }));
      expect(asRecorded.blocking.map(({ what }) => what)).not.toContain(seen.what);
    },
  );

  it("with nothing blocking and nobody paged by the decision itself", () => {
    const decision = decide(inputOf({ judgement: { rollback: [ruleOf("r", "fired")] } }));
    expect(decision).toMatchObject({ kind: "rollback", blocking: [], blindSince: null, page: null });
  });
});

describe("where going back would lose writes", () => {
  const labelled = (label: SafetyLabel) => ({ label, seconds: null, reasons: [], at: NOW });
  it.each([
    [{ kind: "policy" }, "bounded", "hold", true],
    [{ kind: "policy" }, "unknown", "hold", true],
    [{ kind: "policy" }, "lossless", "hold", false],
    [{ kind: "policy" }, "bounded", "snap", false],
    [{ kind: "alarm", severity: "degraded" }, "lossy", "hold", true],
    [{ kind: "alarm", severity: "hard-down" }, "lossy", "hold", false],
    [{ kind: "operator" }, "lossy", "hold", false],
    [{ kind: "outsider", severity: "degraded" }, "lossy", "hold", false],
  ] as const)("%j, %s, %s: waits on green %j", (cause, label, whenNotLossless, waits) => {
    expect(holdsInstead(cause, labelled(label), whenNotLossless)).toBe(waits);
  });
});
