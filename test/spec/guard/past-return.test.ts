import { describe, expect, it } from "vitest";
import { evolve, requestRefusal } from "../../../src/decision/evolve.ts";
import type { CutoverState, Latch, OperatorRequest } from "../../../src/decision/state.ts";
import { epochMs, later } from "../../../src/kernel/units.ts";
import { fakeWorld } from "../../support/fake-world.ts";

const AT = epochMs(1_790_000_000_000);

const armed = async (): Promise<CutoverState> => {
  const world = fakeWorld();
  await world.arm();
  return world.state();
};

const request = (state: CutoverState): OperatorRequest => ({
  verb: "approve",
  by: "olga",
  reason: "still wanted",
  epoch: state.epoch,
  version: state.version,
  at: AT,
  expiresAt: later(AT, 300_000),
});

describe("an approval", () => {
  it("can be renewed while decommission waits before the point of no return, and not after it", async () => {
    const state = await armed();
    const waiting = { ...state, phase: "decommissioning", wayBack: "open" } as const;
    expect(requestRefusal(waiting, request(state), AT)).toBeNull();
    const past = { ...waiting, wayBack: "restorable" } as const;
    expect(requestRefusal(past, request(state), AT)).toContain("before the point of no return");
  });
});

describe("past the point of no return", () => {
  it("a rollback that reached the pin before it went is never recorded as verified", async () => {
    const state = await armed();
    const latch: Latch = {
      mode: "snapped",
      cause: { kind: "operator", by: "olga", reason: "too late" },
      at: AT,
      expected: state.rollbackSafety,
      fromPercent: state.weightPercent,
      record: {
        id: "orders/2/latch",
        cutover: "orders",
        epoch: 2,
        tick: null,
        at: AT,
        kind: "latch",
        summary: "",
        detail: {},
      },
    };
    const past: CutoverState = { ...state, phase: "decommissioning", wayBack: "restorable", latch };
    const verified = { kind: "latchVerified", at: AT, pinAnsweredAt: AT, reasserted: true } as const;
    expect(() => evolve(past, verified)).toThrow(RangeError);
    expect(evolve({ ...past, wayBack: "open" }, verified).phase).toBe("rolledBack");
  });
});
