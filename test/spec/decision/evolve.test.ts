import { describe, expect, it } from "vitest";
import { inTheWay } from "../../../src/decision/blocking.ts";
import { pointOfNoReturnRefusals } from "../../../src/decision/decommission-events.ts";
import type { Rearm } from "../../../src/decision/events.ts";
import { evolve } from "../../../src/decision/evolve.ts";
import { applyLatch } from "../../../src/decision/latch.ts";
import { requestRefusal } from "../../../src/decision/operator-request.ts";
import type { CutoverState, Intent, OperatorRequest, RollbackSafety } from "../../../src/decision/state.ts";
import { durationMs, weightPercent } from "../../../src/kernel/units.ts";
import { byOperator } from "../../contract/sample-state.ts";
import { ago, armed, hence, NOW, soaking, stateOf } from "../../support/decide-input.ts";

const intentOf = (change: Partial<Intent> = {}): Intent => ({
  ...{ kind: "setWeight", epoch: 3, to: weightPercent(50), intentAt: ago(60), notAfter: hence(90) },
  ...change,
});
const adoption = { policyDigest: "next", by: "ada", reason: "limits", at: ago(60) };
const approval = { by: "ada", reason: "done", epoch: 3, at: ago(60) };
const permit = { epoch: 3, action: "teardown", notAfter: hence(180) };
const pause = { by: "ada", reason: "lunch", at: ago(60) };
const lossy: RollbackSafety = { label: "lossy", seconds: null, reasons: ["gap"], at: NOW };
const latched = (state: CutoverState = stateOf()): CutoverState => applyLatch(state, byOperator, "w5");
const verified = (state: CutoverState = latched()): CutoverState =>
  evolve(state, { kind: "latchVerified", at: NOW, pinAnsweredAt: ago(20), reasserted: false });
const settled = { label: "lossless", at: NOW, reasons: [] } as const;
const noSoak = { startedAt: null, healthyMs: 0, lastMinute: null, restarts: 0 };

describe("a judged tick", () => {
  const seen = {
    kind: "judged",
    tick: NOW,
    blocking: [],
    blindSince: null,
    unprovenSince: null,
    safety: lossy,
  } as const;

  it("renews what the last one knew, and lets go of what it does not say again", () => {
    const rest = stateOf();
    // To the letter: a member that is there and undefined is not the state that a table gives back.
    expect(evolve({ ...rest, blindSince: ago(60), unprovenSince: ago(60), permit }, seen)).toStrictEqual({
      ...rest,
      ...{ lastTick: NOW, blocking: [], rollbackSafety: lossy },
    });
  });

  it("stores what it was given", () => {
    const soak = { startedAt: ago(60), healthyMs: durationMs(0), lastMinute: null, restarts: 1 };
    const blocking = [{ what: "dwell", since: NOW, value: "v", threshold: "t", clears: "c" }];
    const evidence = { burst: { x: 2 } };
    const given = { soak, permit, blocking, blindSince: ago(30), unprovenSince: ago(90), evidence };
    expect(evolve(soaking(), { ...seen, ...given })).toMatchObject(given);
    const before = soaking({ evidence: { burst: { x: 3 } }, soak });
    expect(evolve(before, seen)).toMatchObject({ evidence: before.evidence, soak });
  });

  it("drops a waiting policy under a latch, and keeps it otherwise", () => {
    const under = evolve(latched(stateOf({ adoption, permit, blindSince: ago(60), unprovenSince: ago(60) })), seen);
    for (const gone of ["adoption", "permit", "blindSince", "unprovenSince"]) expect(under).not.toHaveProperty(gone);
    expect(evolve(stateOf({ adoption }), seen)).toMatchObject({ adoption });
  });
});

describe("a change of the weight", () => {
  it("is announced once, and never under a latch", () => {
    const announce = { kind: "intentAnnounced", intent: intentOf() } as const;
    expect(evolve(stateOf(), announce)).toEqual(stateOf({ intent: intentOf() }));
    expect(() => evolve(stateOf({ intent: intentOf() }), announce)).toThrow("intentAnnounced cannot happen here");
    expect(() => evolve(latched(), announce)).toThrow(RangeError);
  });

  const commit = { kind: "weightCommitted", step: 1, at: NOW, last: false } as const;

  it("is committed as the next step, from when it was asked and when it was seen", () => {
    const soak = { startedAt: ago(60), healthyMs: durationMs(1), lastMinute: null, restarts: 1 };
    expect(evolve(stateOf({ intent: intentOf(), soak }), commit)).toEqual(
      stateOf({
        ...{ phase: "shifting", step: 1, weightPercent: weightPercent(50), steppedAt: ago(60), verifiedAt: NOW },
        unprovenSince: NOW,
        soak: { ...soak, ...noSoak, healthyMs: durationMs(0) },
      }),
    );
  });

  it("begins the soak with the last step", () => {
    const soaks = evolve(stateOf({ intent: intentOf(), unprovenSince: ago(600) }), { ...commit, last: true });
    expect(soaks).toMatchObject({
      phase: "soaking",
      soak: { startedAt: NOW, healthyMs: 0, lastMinute: null, restarts: 0 },
    });
    expect(soaks).not.toHaveProperty("unprovenSince");
  });

  it.each([
    ["without being announced", stateOf()],
    ["of another epoch", stateOf({ intent: intentOf({ epoch: 2 }) })],
    ["announced as lowering the pin", stateOf({ intent: intentOf({ kind: "lowerPin" }) })],
    ["under a latch", { ...latched(stateOf({ intent: intentOf() })), epoch: 3 }],
    ["that leaves a step out", stateOf({ intent: intentOf(), step: -1 })],
  ])("is not committed %s", (_what, state) => {
    expect(() => evolve(state, commit)).toThrow("weightCommitted cannot happen here");
  });

  it("is forgotten when it was refused, and what refused it stands in the way", () => {
    const refused = { what: "step-refused", since: NOW, value: "no", threshold: "taken", clears: "it is taken" };
    expect(evolve(stateOf({ intent: intentOf() }), { kind: "stepRefused", refused })).toEqual(
      stateOf({ blocking: [refused] }),
    );
  });

  it("is forgotten when it was cleared", () => {
    expect(evolve(stateOf({ intent: intentOf() }), { kind: "intentCleared" })).toEqual(stateOf());
  });
});

describe("a pin that was lowered", () => {
  const lowered = { kind: "pinLowered", at: NOW } as const;

  it("opens the way: the start begins now", () => {
    expect(evolve(armed({ intent: intentOf({ kind: "lowerPin" }) }), lowered)).toEqual(
      armed({ steppedAt: NOW, verifiedAt: NOW }),
    );
  });

  it.each([
    ["without being announced", armed()],
    ["where a weight was announced", armed({ intent: intentOf() })],
    ["under a latch", latched(armed({ intent: intentOf({ kind: "lowerPin" }) }))],
  ])("cannot be %s", (_what, state) => {
    expect(() => evolve(state, lowered)).toThrow("pinLowered cannot happen here");
  });
});

describe("a latch", () => {
  it("is held until it is verified, and measured by the tick that put it", () => {
    expect(evolve(latched(), { kind: "latchHeld" }).latch).toEqual({ ...latched().latch, mode: "held" });
    expect(() => evolve(verified(), { kind: "latchHeld" })).toThrow("latchHeld cannot happen here");
    expect(() => evolve(stateOf(), { kind: "latchHeld" })).toThrow("latchHeld without a latch");
    expect(evolve(latched(), { kind: "latchMeasured", expected: lossy }).latch).toEqual({
      ...latched().latch,
      expected: lossy,
    });
    const held = evolve(latched(), { kind: "latchHeld" });
    expect(evolve(held, { kind: "latchMeasured", expected: lossy }).latch).toMatchObject({ mode: "held" });
    expect(() => evolve(stateOf(), { kind: "latchMeasured", expected: lossy })).toThrow(
      "latchMeasured without a latch",
    );
  });

  it("is released for another cause, or for its own", () => {
    const held = evolve(latched(), { kind: "latchHeld" });
    expect(evolve(held, { kind: "latchReleased", expected: lossy }).latch).toEqual({
      ...held.latch,
      ...{ mode: "snapped", expected: lossy },
    });
    const cause = { kind: "operator", by: "bob", reason: "now" } as const;
    expect(evolve(held, { kind: "latchReleased", expected: lossy, cause }).latch?.cause).toEqual(cause);
  });

  it("that is verified has sent everything back, and ends what was under way but the announced change", () => {
    const state = latched(stateOf({ intent: intentOf(), adoption, permit, pause }));
    const back = verified(state);
    const { adoption: _, permit: __, ...rest } = state;
    expect(back).toEqual({
      ...rest,
      ...{ phase: "rolledBack", step: -1, weightPercent: 0 },
      latch: { ...state.latch, mode: "snapped", pinAnsweredAt: ago(20), verifiedAt: NOW },
    });
    expect(back.latch?.reassertAfter).toBe(hence(90));
  });

  it("keeps when it was verified first, and is asserted again once", () => {
    const again = { kind: "latchVerified", at: hence(200), pinAnsweredAt: hence(190), reasserted: true } as const;
    const twice = evolve(verified(latched(stateOf({ intent: intentOf() }))), again);
    expect(twice.latch).toMatchObject({ verifiedAt: NOW, pinAnsweredAt: hence(190) });
    expect(twice.latch).not.toHaveProperty("reassertAfter");
    expect(verified().latch).not.toHaveProperty("reassertAfter");
  });

  it("is not verified past the point of no return", () => {
    expect(() => verified({ ...latched(), wayBack: "restorable" })).toThrow("latchVerified cannot happen here");
  });

  it("remembers why it is not verified, as people were told, until it is", () => {
    const told = { why: "the pin is not seen", at: NOW };
    const unverified = evolve(latched(), { kind: "latchUnverified", told });
    expect(unverified).toStrictEqual({ ...latched(), latch: { ...latched().latch, told } });
    expect(verified(unverified)).toStrictEqual(verified());
  });

  it("is open again where somebody has given green traffic since it was verified", () => {
    const again = evolve({ ...verified(), settled }, { kind: "greenAgain", at: hence(60) });
    expect(again).toStrictEqual({ ...verified(), latch: { ...verified().latch, greenAgainAt: hence(60) } });
    expect(() => evolve(latched(), { kind: "greenAgain", at: NOW })).toThrow("greenAgain cannot happen here");
    expect(() => evolve(stateOf(), { kind: "greenAgain", at: NOW })).toThrow("greenAgain without a latch");
  });

  it("is settled only once it is verified", () => {
    expect(evolve(verified(), { kind: "settled", settled })).toEqual({ ...verified(), settled });
    expect(() => evolve(latched(), { kind: "settled", settled })).toThrow("settled cannot happen here");
    expect(() => evolve(stateOf(), { kind: "settled", settled })).toThrow("settled cannot happen here");
  });
});

describe("arming again", () => {
  const rearm: Rearm = {
    ...{ at: NOW, by: "bob", policyDigest: "next", whenNotLossless: "hold" as const, drill: true },
    ...{
      blueHosts: 6,
      conflicts: 2,
      safety: lossy,
      otherActions: { rule: [{ Type: "authenticate-oidc" }] },
      shapes: { rule: "its shape" },
    },
  };
  const ready = evolve(
    verified(
      latched(
        stateOf({
          pause,
          approval,
          adoption,
          blindSince: ago(9),
          permit,
          withoutPin: { by: "ada", at: ago(60), otherActions: {} },
        }),
      ),
    ),
    {
      kind: "settled",
      settled,
    },
  );

  it("starts a new epoch from nothing, but for a pause and what somebody has asked for", () => {
    const { ledgerHead, cutover, version, writeId, wayBack, lastTick, outbox } = ready;
    const request = requestOf({});
    expect(
      evolve(
        { ...ready, permit, adoption, blindSince: ago(9), unprovenSince: ago(9), request },
        { kind: "rearmed", rearm },
      ),
    ).toStrictEqual({
      ...{ ledgerHead, cutover, version, writeId, wayBack, lastTick, outbox, pause, request },
      ...{
        epoch: 5,
        phase: "armed",
        step: -1,
        weightPercent: 0,
        armedAt: NOW,
        armedBy: "bob",
        steppedAt: NOW,
        verifiedAt: NOW,
      },
      ...{ policyDigest: "next", whenNotLossless: "hold", drill: true, blueHostsAtArm: 6, conflictsAtArm: 2 },
      ...{ shapesAtArm: { rule: "its shape" }, otherActionsAtArm: { rule: [{ Type: "authenticate-oidc" }] } },
      ...{ rollbackSafety: lossy, soak: noSoak, evidence: {}, blocking: [] },
    });
  });

  it("announces the lowering of the pin, and keeps the leave to have none", () => {
    const intent = intentOf({ kind: "lowerPin", epoch: 5, to: weightPercent(0) });
    const withoutPin = { by: "bob", at: NOW, otherActions: {} };
    expect(evolve(ready, { kind: "rearmed", rearm: { ...rearm, intent, withoutPin } })).toMatchObject({
      intent,
      withoutPin,
    });
  });

  it.each([
    ["not settled", verified()],
    ["not verified", { ...latched(), phase: "rolledBack" as const, settled }],
    ["without a latch", stateOf({ phase: "rolledBack", settled })],
    ["not rolled back", { ...ready, phase: "shifting" as const }],
  ])("is not possible %s", (_what, state) => {
    expect(() => evolve(state, { kind: "rearmed", rearm })).toThrow("rearmed cannot happen here");
  });
});

describe("the way out", () => {
  const taking = soaking({ phase: "decommissioning", approval, permit });

  it("begins in the soak, and drops a policy that waited", () => {
    expect(evolve(soaking({ adoption }), { kind: "decommissioningBegan", permit })).toEqual(
      soaking({ phase: "decommissioning", permit }),
    );
    for (const state of [stateOf(), latched(soaking())])
      expect(() => evolve(state, { kind: "decommissioningBegan", permit })).toThrow(
        "decommissioningBegan cannot happen here",
      );
  });

  it("passes the point of no return, closes the way back and is complete, in this order", () => {
    const passed = evolve(taking, { kind: "pointOfNoReturn", at: NOW });
    expect(passed).toEqual(soaking({ phase: "decommissioning", approval, wayBack: "restorable" }));
    expect(() => evolve(passed, { kind: "completed" })).toThrow("completed cannot happen here");
    expect(() => evolve(taking, { kind: "wayBackClosed" })).toThrow("wayBackClosed cannot happen here");
    const closed = evolve({ ...passed, permit }, { kind: "wayBackClosed" });
    expect(closed.wayBack).toBe("closed");
    const blocking = [{ what: "x", since: NOW, value: "v", threshold: "t", clears: "c" }];
    const { permit: _, ...rest } = closed;
    expect(evolve({ ...closed, blocking }, { kind: "completed" })).toEqual({
      ...rest,
      phase: "complete",
      blocking: [],
    });
    expect(() => evolve({ ...closed, phase: "soaking" }, { kind: "completed" })).toThrow(RangeError);
    // No tick comes any more that would take or refuse it: it must not look as if one did.
    expect(evolve({ ...closed, request: requestOf({}) }, { kind: "completed" })).not.toHaveProperty("request");
  });

  it.each([
    [taking, []],
    [{ ...taking, phase: "soaking" as const }, ["it is soaking, not decommissioning"]],
    [{ ...taking, wayBack: "restorable" as const }, ["the way back is restorable already"]],
    [{ ...latched(taking), epoch: 3 }, ["a rollback is latched"]],
    [{ ...taking, intent: intentOf() }, ["a change of the load balancer is not settled"]],
    [
      { ...taking, approval: { ...approval, epoch: 2 } },
      ["there is no approval of this epoch that is at most 24 h old"],
    ],
    [
      { ...taking, approval: { ...approval, at: ago(86_401) } },
      ["there is no approval of this epoch that is at most 24 h old"],
    ],
    [{ ...taking, approval: { ...approval, at: ago(86_400) } }, []],
  ])("refuses the point of no return for a reason (%#)", (state, refusals) => {
    expect(pointOfNoReturnRefusals(state, NOW)).toEqual(refusals);
    if (refusals.length > 0) expect(() => evolve(state, { kind: "pointOfNoReturn", at: NOW })).toThrow(RangeError);
  });
});

describe("an act of decommission that does not come about", () => {
  const taking = soaking({ phase: "decommissioning", permit });
  const stoppedAct = { action: "stop-forward", why: "3 records are not drained", since: ago(300), toldAt: ago(120) };

  it("is remembered until it goes on, and is shown with what else is in the way", () => {
    const stopped = evolve(taking, { kind: "actStopped", stopped: stoppedAct });
    expect(stopped).toStrictEqual({ ...taking, stoppedAct });
    expect(evolve(stopped, { kind: "actWentOn" })).toStrictEqual(taking);
    const approved = { what: "approval", since: NOW, value: "none", threshold: "one", clears: "pawl approve" };
    expect(inTheWay({ ...stopped, blocking: [approved] })).toEqual([
      approved,
      {
        what: "act:stop-forward",
        since: ago(300),
        value: "3 records are not drained",
        threshold: "done",
        clears: "it comes about; it is tried again every minute",
      },
    ]);
    expect(inTheWay({ ...taking, blocking: [approved] })).toEqual([approved]);
  });

  it("is none before the decommission, and none any more once it is complete or rolled back", () => {
    expect(() => evolve(soaking(), { kind: "actStopped", stopped: stoppedAct })).toThrow(
      "actStopped cannot happen here",
    );
    expect(evolve({ ...taking, stoppedAct, wayBack: "closed" }, { kind: "completed" })).not.toHaveProperty(
      "stoppedAct",
    );
    expect(verified(latched({ ...taking, stoppedAct }))).not.toHaveProperty("stoppedAct");
  });
});

describe("what no release has ever heard of", () => {
  it("is an error, and never passes for nothing", () => {
    expect(() => evolve(stateOf(), { kind: "teleported" } as never)).toThrow();
    const request = { ...requestOf({}), verb: "teleport" } as never;
    expect(() => evolve(stateOf({ request }), { kind: "requestTaken", at: NOW, request, refusal: null })).toThrow();
  });
});

const requestOf = (change: Partial<OperatorRequest>): OperatorRequest => ({
  ...{ verb: "pause", by: "ada", reason: "lunch", epoch: 3, version: 4, at: ago(60), expiresAt: hence(240) },
  ...change,
});

describe("an operator's request", () => {
  const taken = { kind: "requestTaken", at: NOW } as const;
  const take = (state: CutoverState, change: Partial<OperatorRequest>): CutoverState =>
    [
      { kind: "requested", request: requestOf(change) } as const,
      { ...taken, request: requestOf(change), refusal: requestRefusal(state, requestOf(change), NOW) },
    ].reduce(evolve, state);

  it("waits in the state, and is gone once a tick has taken it", () => {
    expect(evolve(stateOf(), { kind: "requested", request: requestOf({}) })).toEqual(
      stateOf({ request: requestOf({}) }),
    );
    expect(take(stateOf(), {})).toEqual(stateOf({ pause: { by: "ada", reason: "lunch", at: NOW } }));
    expect(take(stateOf({ pause }), { verb: "resume" })).toEqual(stateOf());
    expect(take(stateOf(), { verb: "advance" })).toEqual(stateOf());
  });

  it("to approve is an approval of this epoch, from when it was asked", () => {
    expect(take(soaking(), { verb: "approve", reason: "done" })).toEqual(soaking({ approval }));
  });

  it("to adopt makes a policy wait, and the one in force stops the waiting", () => {
    const asked = { verb: "adopt", reason: "limits", policyDigest: "next" } as const;
    expect(take(stateOf(), asked).adoption).toEqual(adoption);
    expect(take(stateOf(), asked).adoption).toStrictEqual(adoption);
    expect(take(stateOf(), { ...asked, restartStep: true }).adoption).toEqual({ ...adoption, restartStep: true });
    expect(take(stateOf({ adoption }), { ...asked, policyDigest: "current" })).toEqual(stateOf());
  });

  it("to resume lets go of a latch only past the point of no return", () => {
    expect(take({ ...latched(), epoch: 3 }, { verb: "resume" }).latch).toBeDefined();
    const gone = take({ ...latched(), epoch: 3, wayBack: "restorable", pause }, { verb: "resume" });
    for (const name of ["latch", "pause"]) expect(gone).not.toHaveProperty(name);
  });

  const ADOPT = { verb: "adopt", policyDigest: "next" } as const;
  it.each([
    [stateOf(), { expiresAt: NOW }, null],
    [stateOf(), { expiresAt: ago(1) }, "it has expired"],
    [stateOf(), { epoch: 2 }, "it was meant for epoch 2, this is 3"],
    [
      stateOf(),
      { verb: "approve" as const },
      "approval is given in soaking, or renewed before the point of no return; this is shifting",
    ],
    [soaking(), { verb: "approve" as const }, null],
    [soaking({ phase: "decommissioning" }), { verb: "approve" as const }, null],
    // An arm after the latch begins another soak: the approval would be of one that is over.
    [{ ...latched(soaking()), epoch: 3 }, { verb: "approve" as const }, "a rollback is latched"],
    [
      soaking({ phase: "decommissioning", wayBack: "restorable" }),
      { verb: "approve" as const },
      "approval is given in soaking, or renewed before the point of no return; this is decommissioning",
    ],
    [stateOf(), { verb: "advance" as const }, "advance is not offered yet"],
    [stateOf(), { verb: "resume" as const }, null],
    // A tick that ended by what a newer release asks for would judge nothing, and send nothing back, until it expires.
    [stateOf(), { verb: "teleport" as never }, "teleport is no verb of this release"],
    [stateOf(), ADOPT, null],
    [stateOf(), { verb: "adopt" as const }, "it names no policy"],
    [stateOf(), { ...ADOPT, policyDigest: "current" }, "it is in force already"],
    [stateOf({ adoption }), { ...ADOPT, policyDigest: "current" }, null],
    [{ ...latched(), epoch: 3 }, ADOPT, "a rollback is latched; pawl arm --again takes the policy it is to go on with"],
    [
      soaking({ phase: "decommissioning" }),
      ADOPT,
      "it is decommissioning: what is taken apart was soaked and approved under the policy in force",
    ],
  ])("is refused for a reason (%#)", (state, change, refusal) => {
    expect(requestRefusal(state, requestOf(change), NOW)).toBe(refusal);
    if (refusal === null) return;
    expect(take(state, change)).toEqual(state);
    // Taken against the word of the state: whoever decided it looked at another one.
    const request = requestOf(change);
    expect(() => evolve({ ...state, request }, { ...taken, request, refusal: null })).toThrow("requestTaken cannot");
  });
});
