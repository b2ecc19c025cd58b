import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { DecideInput } from "../../../src/decision/decision.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { POLICY } from "../../property/arbitraries.ts";
import { ago, gateOf, inputOf, NOW, soaking, stateOf } from "../../support/decide-input.ts";

type Verdict = "pass" | "fail" | "unknown";

/** 31 minutes into a step that may last 30, in a policy that is blind for 10 minutes at most. */
const late = (of: {
  readonly verdict?: Verdict;
  readonly state?: Partial<CutoverState>;
  readonly trouble?: string;
  readonly policy?: DecideInput["policy"];
}): DecideInput => {
  const clears = { value: "v", threshold: "t", clears: "c" };
  return inputOf({
    state: stateOf({ verifiedAt: ago(1_860), ...of.state }),
    ...(of.policy === undefined ? {} : { policy: of.policy }),
    judgement: { gates: [gateOf("a", { verdict: of.verdict ?? "unknown" }), gateOf("b")] },
    facts: { trouble: of.trouble === undefined ? [] : [{ what: of.trouble, ...clears }] },
  });
};

const steps = (change: object): Pick<DecideInput["policy"], "steps"> => ({
  steps: POLICY.steps.map((step) => ({ ...step, ...change })),
});

const outcome = (input: DecideInput): string => {
  const decision = decide(input);
  return decision.kind === "rollback" && decision.cause.kind === "policy" ? decision.cause.rules.join() : decision.kind;
};

describe("a step that takes too long, where the policy says rollback", () => {
  const never = { unprovenSince: ago(1_860) };

  it("goes back when its time is over and its gates never passed, failing or unknown", () => {
    for (const verdict of ["fail", "unknown"] as const) {
      const decision = decide(late({ verdict, state: never }));
      expect(decision).toMatchObject({
        cause: { kind: "policy", rules: ["max-dwell:s10"] },
        reasons: ["step s10 did not pass its gates within 30m"],
      });
    }
    const justBefore = { verifiedAt: ago(1_799), unprovenSince: ago(1_799) };
    expect(outcome(late({ state: justBefore }))).toBe("hold");
  });

  it("has all its time, and no more, however short that is beside the time pawl may be blind", () => {
    const policy = { ...POLICY, ...steps({ maxDwell: "6m" }) };
    const state = (seconds: number) => ({ verifiedAt: ago(seconds), unprovenSince: ago(seconds) });
    expect(outcome(late({ policy, state: state(360) }))).toBe("max-dwell:s10");
    expect(outcome(late({ policy, state: state(359) }))).toBe("hold");
  });

  it("does not go back at the first tick that cannot tell, nor at the first that fails, once its gates did pass", () => {
    for (const verdict of ["fail", "unknown"] as const) {
      expect(outcome(late({ verdict }))).toBe("hold");
      expect(outcome(late({ verdict, state: { unprovenSince: ago(599) } }))).toBe("hold");
      expect(outcome(late({ verdict, state: { unprovenSince: ago(600) } }))).toBe("max-dwell:s10");
    }
    expect(decide(late({ state: { unprovenSince: ago(600) } })).reasons).toEqual([
      "step s10 did not pass its gates within 30m; its gates have not passed since 2026-11-22T02:50:00.000Z",
    ]);
  });

  it("says meanwhile until when it waits", () => {
    const { blocking } = decide(late({ state: { unprovenSince: ago(60) } }));
    expect(blocking.find(({ what }) => what === "max-dwell")).toMatchObject({
      threshold: "<= 30m; rollback at 2026-11-22T03:09:00.000Z",
    });
  });

  it("names no time of going back where a look that lacks the snapshots before knows of none", () => {
    const { blocking } = decide(late({ trouble: "snapshots" }));
    expect(blocking.find(({ what }) => what === "max-dwell")?.threshold).toBe("<= 30m");
  });

  it("does not go back by a look that lacks the snapshots of the ticks before", () => {
    for (const verdict of ["fail", "unknown"] as const) {
      const decision = decide(late({ verdict, state: never, trouble: "snapshots" }));
      expect(decision).toMatchObject({ kind: "hold", unprovenSince: ago(1_860) });
    }
    expect(outcome(late({ state: never, trouble: "snapshot" }))).toBe("max-dwell:s10");
  });

  it("goes back for no other step, phase or setting", () => {
    const policy = (change: object) => ({ ...POLICY, ...steps(change) });
    expect(outcome(late({ verdict: "pass", state: never }))).toBe("advance");
    expect(outcome(late({ state: never, policy: policy({ onMaxDwell: "page" }) }))).toBe("hold");
    const { maxDwell: _, onMaxDwell: __, ...endless } = POLICY.steps[0] ?? expect.fail();
    expect(outcome(late({ state: never, policy: { ...POLICY, steps: [endless, endless] } }))).toBe("hold");
    expect(outcome(late({ state: { ...soaking(), ...never, verifiedAt: ago(1_860) } }))).toBe("soak");
    // Whatever a soak's state says of gates that have not passed: what a soak breaks by is its own rule.
    for (const looked of [{}, { trouble: "snapshots" }])
      expect(decide(late({ ...looked, state: { ...soaking(), ...never } })).unprovenSince).toBeNull();
  });

  it("is not saved by a waiver: that opens the way on, and proves nothing", () => {
    const waivers = [{ gate: "a", why: "w", by: "ada", expires: "2026-12-01T00:00:00Z" }];
    const pause = { by: "ada", reason: "lunch", at: ago(60) };
    expect(outcome(late({ policy: { ...POLICY, waivers }, state: { ...never, pause } }))).toBe("max-dwell:s10");
  });
});

describe("since when a step's gates have not passed", () => {
  const since = (verdict: Verdict, state: Partial<CutoverState>) =>
    decide(inputOf({ state: stateOf(state), judgement: { gates: [gateOf("a", { verdict }), gateOf("b")] } }))
      .unprovenSince;

  it("is kept from tick to tick, and ends when they all pass", () => {
    expect(since("fail", { unprovenSince: ago(120) })).toBe(ago(120));
    expect(since("unknown", {})).toBe(NOW);
    expect(since("pass", { unprovenSince: ago(120) })).toBeNull();
  });

  it("stays as it was where the policy cannot be read, and is nothing outside the steps", () => {
    const unread = { policy: { steps: [] }, judgement: { gates: [] } };
    expect(decide(inputOf({ ...unread, state: stateOf({ unprovenSince: ago(120) }) })).unprovenSince).toBe(ago(120));
    expect(decide(inputOf({ ...unread, state: stateOf() })).unprovenSince).toBeNull();
    expect(decide(inputOf({ state: soaking({ unprovenSince: ago(120) }) })).unprovenSince).toBeNull();
  });
});
