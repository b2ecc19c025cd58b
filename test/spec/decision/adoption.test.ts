import { describe, expect, it } from "vitest";
import { adopted, adoptionRefusals, mayAdopt, takeoverOf } from "../../../src/decision/adoption.ts";
import { evolve } from "../../../src/decision/evolve.ts";
import { applyLatch } from "../../../src/decision/latch.ts";
import { durationMs } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { byOperator } from "../../contract/sample-state.ts";
import { POLICY } from "../../property/arbitraries.ts";
import { ago, armed, NOW, soaking, stateOf, TO_FIFTY } from "../../support/decide-input.ts";

const adoption = { policyDigest: "next", by: "ada", reason: "limits", at: ago(60) };
const of = { adoption, at: NOW, whenNotLossless: "hold", drill: true, restarts: true } as const;
const approval = { by: "ada", reason: "done", epoch: 3, at: ago(60) };
const weights = (...list: number[]): Policy => ({
  ...POLICY,
  steps: list.map((weight) => ({ id: `s${weight}`, weight, minDwell: "5m", promoteWhen: ["a"] })),
});
const latched = applyLatch(stateOf(), byOperator, "w5");

describe("where a policy takes over", () => {
  it.each([
    [armed(), undefined, "next-tick"],
    [soaking(), undefined, "next-tick"],
    [stateOf(), undefined, "next-step"],
    [stateOf(), false, "next-step"],
    [stateOf(), true, "next-tick"],
    [stateOf({ intent: TO_FIFTY }), true, "next-step"],
    [armed({ intent: TO_FIFTY }), undefined, "next-step"],
  ] as const)("(%#) %s", (state, restartStep, takeover) => {
    expect(takeoverOf(state, restartStep === undefined ? {} : { restartStep })).toBe(takeover);
  });

  it.each(["armed", "shifting", "soaking"] as const)("is possible in %s", (phase) => {
    expect(mayAdopt(stateOf({ phase }))).toBe(true);
  });

  it("is nowhere under a latch, and not once CDC is taken apart", () => {
    expect([latched, stateOf({ phase: "decommissioning" }), stateOf({ phase: "complete" })].map(mayAdopt)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("why a policy cannot take over", () => {
  it.each([
    [stateOf(), POLICY, POLICY, {}, []],
    [stateOf(), POLICY, { ...POLICY, drill: true }, {}, ["the new policy is a drill, this is none"]],
    [stateOf(), { ...POLICY, drill: true }, POLICY, {}, ["this is a drill, the new policy is none"]],
    [stateOf(), { ...POLICY, drill: true }, { ...POLICY, drill: true }, {}, []],
    [stateOf(), POLICY, { ...POLICY, drill: false }, {}, []],
    [latched, POLICY, POLICY, {}, ["a rollback is latched; pawl arm --again takes the policy it is to go on with"]],
    [
      stateOf({ phase: "complete" }),
      POLICY,
      POLICY,
      {},
      ["it is complete: what is taken apart was soaked and approved under the policy in force"],
    ],
    [
      { ...latched, phase: "rolledBack" as const },
      POLICY,
      POLICY,
      {},
      ["a rollback is latched; pawl arm --again takes the policy it is to go on with"],
    ],
    [
      stateOf(),
      weights(10, 50, 100),
      weights(10, 40, 100),
      {},
      [
        "it would take over at the next step, 50 %, and the weights so far are 10, 50 here and 10, 40 in the new policy",
      ],
    ],
    [stateOf(), weights(10, 50, 100), weights(10, 40, 100), { restartStep: true }, []],
    [
      stateOf(),
      weights(10, 50, 100),
      weights(5, 50, 100),
      { restartStep: true },
      ["green stands at 10 %, and the weights so far are 10 here and 5 in the new policy"],
    ],
    [stateOf(), weights(10, 50, 100), weights(10, 50, 70, 100), {}, []],
    [armed(), weights(10, 100), weights(20, 100), {}, []],
  ] as const)("(%#)", (state, current, next, asked, refusals) => {
    expect(adoptionRefusals(state, current, next, asked)).toEqual(refusals);
  });
});

describe("a policy that takes over", () => {
  it("lets what was judged by the one before count for nothing", () => {
    const evidence = { burst: { x: 2 }, gates: {} };
    const { adoption: _, approval: __, ...rest } = stateOf({ adoption, approval, evidence });
    expect(adopted({ ...rest, adoption, approval }, of)).toEqual({
      ...rest,
      ...{ policyDigest: "next", whenNotLossless: "hold", drill: true, steppedAt: NOW, verifiedAt: NOW },
      unprovenSince: NOW,
      evidence: { burst: { x: 2 } },
    });
  });

  it("restarts the clock of the soak, and no other", () => {
    const soak = { startedAt: ago(900), healthyMs: durationMs(60_000), lastMinute: ago(360), restarts: 1 };
    expect(adopted(soaking({ soak }), of).soak).toEqual({
      startedAt: NOW,
      healthyMs: 0,
      lastMinute: ago(60),
      restarts: 2,
    });
    expect(adopted(stateOf({ soak }), of).soak).toEqual(soak);
    for (const state of [soaking({ soak }), armed()]) expect(adopted(state, of)).not.toHaveProperty("unprovenSince");
  });

  it("leaves the clocks alone where the step has just begun, and withdraws an approval", () => {
    const state = soaking({ evidence: { burst: { x: 2 }, gates: {} } });
    expect(adopted({ ...state, adoption, approval }, { ...of, restarts: false })).toEqual({
      ...state,
      ...{ policyDigest: "next", whenNotLossless: "hold", drill: true },
    });
  });

  it("keeps the baseline of blue before the first step", () => {
    const evidence = { baseline: { next: NOW, errors: { x: [1] } } };
    expect(adopted(armed({ evidence }), of).evidence).toEqual(evidence);
  });

  const event = { kind: "policyAdopted", ...of } as const;

  it("is the one that waited, with no change open and no latch", () => {
    expect(evolve(stateOf({ adoption }), event).policyDigest).toBe("next");
    const other = { ...adoption, policyDigest: "other" };
    for (const state of [
      stateOf(),
      stateOf({ adoption: other }),
      stateOf({ adoption, intent: TO_FIFTY }),
      { ...latched, adoption },
    ])
      expect(() => evolve(state, event)).toThrow("policyAdopted cannot happen here");
  });

  it("may be dropped instead", () => {
    expect(evolve(stateOf({ adoption }), { kind: "adoptionDropped", adoption, why: "w" })).toEqual(stateOf());
  });
});
