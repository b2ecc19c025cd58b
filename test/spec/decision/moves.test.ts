import { describe, expect, it } from "vitest";
import { decide, requiredGates } from "../../../src/decision/decide.ts";
import type { DecideInput } from "../../../src/decision/decision.ts";
import type { Phase, WayBack } from "../../../src/decision/state.ts";
import { durationMs, weightPercent } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import type { RollbackVerdict } from "../../../src/policy/verdict.ts";
import { POLICY } from "../../property/arbitraries.ts";
import { ago, armed, gateOf, hence, inputOf, NOW, soaking, stateOf } from "../../support/decide-input.ts";

const policyOf = (change: Partial<Policy>): Policy => ({ ...POLICY, ...change });

describe("the gates that open the way", () => {
  const policy = policyOf({
    start: { require: ["start"] },
    steps: POLICY.steps.map((step, index) => ({ ...step, promoteWhen: [`s${index}`] })),
    decommission: { ...POLICY.decommission, require: ["s2", "empty"] },
  });
  it.each([
    ["armed", "open", -1, ["start"]],
    ["shifting", "open", 1, ["s1"]],
    ["shifting", "open", 9, []],
    ["soaking", "open", 2, ["s2"]],
    ["decommissioning", "open", 2, ["s2", "empty"]],
    ["decommissioning", "restorable", 2, []],
    ["complete", "closed", 2, []],
    ["rolledBack", "open", -1, []],
  ] as const)("%s, way back %s, step %i", (phase: Phase, wayBack: WayBack, step, gates) => {
    expect(requiredGates(stateOf({ phase, wayBack, step }), policy)).toEqual(gates);
  });

  it("of a policy without steps are none", () => {
    expect(requiredGates(soaking(), policyOf({ steps: [] }))).toEqual([]);
  });
});

describe("the next move", () => {
  it("goes to the next listed step when everything passes, and says what passed", () => {
    expect(decide(inputOf({}))).toEqual({
      ...{ kind: "advance", step: 1, to: 50, blocking: [], blindSince: null, unprovenSince: null, page: null },
      reasons: ["a passes: a is well", "b passes: b is well"],
    });
  });

  it("holds and says what blocks", () => {
    const decision = decide(inputOf({ judgement: { gates: [gateOf("a", { verdict: "fail" }), gateOf("b")] } }));
    expect(decision).toMatchObject({ kind: "hold", reasons: ["gate:a: false"], page: null });
  });

  it("holds where no step is left", () => {
    expect(decide(inputOf({ policy: { steps: POLICY.steps.slice(0, 1) } })).kind).toBe("hold");
  });

  it("soaks on, with the clock it was given", () => {
    const soak = { startedAt: ago(600), healthyMs: durationMs(60_000), lastMinute: ago(360), restarts: 2 };
    expect(decide(inputOf({ state: soaking(), facts: { soak } }))).toMatchObject({ kind: "soak", soak });
  });

  const approval = { by: "ada", reason: "done", epoch: 3, at: ago(60) };
  const soak = { startedAt: ago(90_000), healthyMs: durationMs(86_400_000), lastMinute: null, restarts: 0 };

  it("takes CDC apart under a permit of three minutes, after soak and approval", () => {
    expect(decide(inputOf({ state: soaking({ approval, soak }) }))).toMatchObject({
      kind: "decommission",
      soak,
      permit: { epoch: 3, action: "point-of-no-return", notAfter: hence(180) },
    });
  });

  it("lets nobody pass the point of no return once a freeze has begun, however soon that is", () => {
    const permitUnder = (from: string, change: Parameters<typeof soaking>[0] = {}) => {
      const freeze = [{ from, to: "2026-11-23T00:00:00Z", why: "sale" }];
      const decision = decide(inputOf({ state: soaking({ approval, soak, ...change }), policy: { freeze } }));
      return decision.kind === "decommission" ? decision.permit.notAfter : null;
    };
    expect(permitUnder("2026-11-22T03:01:00Z")).toBe(hence(60));
    expect(permitUnder("2026-11-22T03:02:59Z")).toBe(hence(179));
    expect(permitUnder("2026-11-22T05:00:00Z")).toBe(hence(180));
    // What has begun to be taken apart is not left half way: the permit for that runs its three minutes.
    expect(permitUnder("2026-11-22T03:01:00Z", { phase: "decommissioning", wayBack: "restorable" })).toBe(hence(180));
  });

  it("renews the permit before the point of no return only with gates and approval, behind it always", () => {
    const state = soaking({ phase: "decommissioning", soak });
    expect(decide(inputOf({ state })).kind).toBe("hold");
    expect(decide(inputOf({ state })).blocking.map(({ what }) => what)).toEqual(["approval"]);
    expect(decide(inputOf({ state: { ...state, approval } }))).toMatchObject({
      permit: { action: "point-of-no-return" },
    });
    expect(decide(inputOf({ state: { ...state, wayBack: "restorable" }, judgement: { gates: [] } }))).toMatchObject({
      kind: "decommission",
      permit: { epoch: 3, action: "teardown", notAfter: hence(180) },
    });
  });

  it.each(["complete", "rolledBack"] as const)("is none in %s", (phase) => {
    expect(decide(inputOf({ state: stateOf({ phase }) })).kind).toBe("hold");
  });
});

describe("a freeze", () => {
  const freeze = [{ from: "2026-11-22T00:00:00Z", to: "2026-11-22T06:00:00Z", why: "sale" }];
  const frozen = { what: "freeze", value: "sale", clears: "the freeze ends; a rollback needs no thaw" };

  it("holds, and says until when", () => {
    const [block] = decide(inputOf({ policy: { freeze } })).blocking;
    expect(block).toEqual({ ...frozen, threshold: "until 2026-11-22T06:00:00.000Z", since: NOW });
  });

  it("holds without an end where none can be told", () => {
    const unreadable = [{ from: "soon", to: "later", why: "sale" }];
    const [block] = decide(inputOf({ policy: { freeze: unreadable } })).blocking;
    expect(block).toEqual({ ...frozen, threshold: "no end that can be told", since: NOW });
  });
});

describe("a waiver", () => {
  const slow = { why: "fast", rule: { "<=": [{ var: "green.p99Ms" }, 400] } };
  const waivers = [{ gate: "b", why: "a slow report", by: "ada", expires: "2026-11-23T00:00:00Z" }];
  const policy = { gates: { a: slow, b: slow, c: slow }, waivers };
  const failing = { gates: [gateOf("a"), gateOf("b", { verdict: "fail" })] };
  const said = "waived until 2026-11-23T00:00:00Z by ada: b, a slow report";

  it("lets a step go on, and is named", () => {
    expect(decide(inputOf({ policy, judgement: failing }))).toMatchObject({
      kind: "advance",
      reasons: ["a passes: a is well", "b passes: only by waiver; it is fail", said],
    });
  });

  it("changes nothing of a gate that passes", () => {
    expect(decide(inputOf({ policy })).reasons).toEqual(["a passes: a is well", "b passes: b is well", said]);
  });

  it("counts before the first step for the gates of the start", () => {
    const start = { require: ["a", "b"] };
    expect(decide(inputOf({ state: armed(), policy: { ...policy, start }, judgement: failing })).kind).toBe("advance");
    expect(decide(inputOf({ state: armed(), policy })).reasons).toEqual(["a passes: a is well"]);
  });

  it("counts for nothing in the soak", () => {
    const decision = decide(inputOf({ state: soaking(), policy, judgement: failing }));
    expect(decision.blocking.map(({ what }) => what)).toContain("gate:b");
    expect(decision.reasons).not.toContain(said);
  });

  it("is named in a rollback too", () => {
    const fired: RollbackVerdict = { rule: "r", why: "bad", verdict: "fired", reasons: [], comparisons: [] };
    expect(decide(inputOf({ policy, judgement: { rollback: [fired] } })).reasons).toEqual(["r fired: bad", said]);
  });
});

describe("a rollback that is asked for past the point of no return", () => {
  it("holds and pages what asked for it", () => {
    const state = soaking({ phase: "decommissioning", wayBack: "restorable" });
    const decision = decide(
      inputOf({
        state,
        facts: {
          firing: [
            { arn: "down", severity: "hard-down" },
            { arn: "slow", severity: "degraded" },
          ],
        },
      }),
    );
    expect(decision).toMatchObject({
      kind: "hold",
      page: "rollback-asked: down is in ALARM (hard-down); slow is in ALARM (degraded). Clears when: pawl restore says what way back is left.",
    });
    expect(decision.blocking[0]?.threshold).toBe("none past the point of no return");
  });
});

describe("somebody is told", () => {
  const told = (drift: "unreadable" | "more-green" | "foreign-shape" | "more-blue", seconds: number) => {
    const what = `drift:${drift}`;
    const blocking = [{ what, since: ago(seconds), value: "v", threshold: "t", clears: "c" }];
    return decide(
      inputOf({
        state: stateOf({ blocking, lastTick: ago(60) }),
        facts: { traffic: { readAt: NOW, drift, detail: "d", greenPercent: null } },
      }),
    ).page;
  };

  it("at once where the rules are not pawl's own any more", () => {
    expect([told("more-green", 0), told("foreign-shape", 0)]).toEqual([
      "drift:more-green: d. Clears when: the rules are as recorded, or a rollback.",
      "drift:foreign-shape: d. Clears when: the rules are as recorded, or a rollback.",
    ]);
    expect(told("more-green", 60)).toBeNull();
  });

  it("after three minutes where something cannot be read", () => {
    expect([120, 180, 240].map((seconds) => told("unreadable", seconds) !== null)).toEqual([false, true, false]);
    const troubled = (what: string, seconds: number) => {
      const one = { what, value: "v", threshold: "t", clears: "c" };
      const blocking = [{ ...one, since: ago(seconds) }];
      return decide(inputOf({ state: stateOf({ blocking }), facts: { trouble: [one] } })).page;
    };
    for (const what of ["policy", "snapshot"])
      expect([120, 180].map((seconds) => troubled(what, seconds))).toEqual([null, `${what}: v. Clears when: c.`]);
    const blind = (seconds: number) =>
      decide(
        inputOf({
          state: stateOf({
            blindSince: ago(seconds),
            blocking: [{ what: "blind", since: ago(seconds), value: "v", threshold: "t", clears: "c" }],
          }),
          judgement: { blind: [{ signal: "x.y", reason: "gone" }] },
        }),
      ).page;
    expect([120, 180].map((seconds) => blind(seconds) !== null)).toEqual([false, true]);
  });

  it("of each trouble in a line of its own", () => {
    const input: DecideInput = inputOf({
      judgement: { disagreements: ["gate a"] },
      facts: { traffic: { readAt: NOW, drift: "more-green", detail: "d", greenPercent: null } },
    });
    expect(decide(input).page?.split("\n")).toHaveLength(2);
  });
});

describe("weights on their way", () => {
  it("count as traffic that may be on green, a lowered pin does not", () => {
    const intent = { epoch: 3, to: weightPercent(10), intentAt: ago(60), notAfter: hence(90) };
    const fired: RollbackVerdict = { rule: "r", why: "bad", verdict: "fired", reasons: [], comparisons: [] };
    const judgement = { rollback: [fired] };
    expect(decide(inputOf({ state: armed({ intent: { ...intent, kind: "setWeight" } }), judgement })).kind).toBe(
      "rollback",
    );
    expect(decide(inputOf({ state: armed({ intent: { ...intent, kind: "lowerPin" } }), judgement })).kind).toBe("hold");
    expect(decide(inputOf({ state: armed(), judgement })).kind).toBe("advance");
  });
});
