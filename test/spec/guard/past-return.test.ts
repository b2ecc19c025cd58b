import { describe, expect, it } from "vitest";
import { evolve } from "../../../src/decision/evolve.ts";
import { requestRefusal } from "../../../src/decision/operator-request.ts";
import type { CutoverState, Latch, OperatorRequest } from "../../../src/decision/state.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { type EpochMs, epochMs, later } from "../../../src/kernel/units.ts";
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
  it("a rollback that is not answered looks at the rules, sees no pin, and writes nothing", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("50 %", () => world.state().weightPercent === 50);
    world.rules.remove(world.cutover.routes[0]?.pin.ruleArn ?? "");
    for (let attempt = 0; attempt < 10; attempt += 1) world.rules.fates.push({ kind: "timed-out", lands: "never" });
    world.store.down = true;
    const writesBefore = world.rules.writes.length;

    const report = await snapBack(world.ports, world.cutover, {
      ...{ kind: "operator", by: "olga", reason: "too late", acceptLoss: false },
    });

    expect(report.kind).toBe("pin-gone");
    expect(world.rules.greenPercent()).toBe(50);
    expect(world.rules.writes.slice(writesBefore).every(({ what }) => /pin/.test(what))).toBe(true);
  });

  it("a cutover that is complete is not latched, and its alarms, which may fire for weeks, wake nobody", async () => {
    const world = fakeWorld();
    await world.arm();
    const complete = { ...world.state(), phase: "complete", wayBack: "closed" } as const;
    world.store.put(complete);
    const told = world.notify.sent.length;
    const alarmArn = world.cutover.alarms[0]?.arn ?? "";
    for (const alarmAt of [later(complete.armedAt, 1), epochMs(complete.armedAt - 1)])
      expect(
        await snapBack(world.ports, world.cutover, { kind: "alarm", alarmArn, severity: "degraded", alarmAt }),
      ).toEqual({ kind: "no-way-back", why: "it is complete" });
    expect(
      await snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "why", acceptLoss: true }),
    ).toEqual({ kind: "no-way-back", why: "it is complete" });
    expect(world.state()).toEqual(complete);
    expect(world.notify.sent).toHaveLength(told);
  });

  it("an alarm that comes by three ways is told of under one id each time, and another one under another", async () => {
    const world = fakeWorld();
    await world.arm();
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    const alarmArn = world.cutover.alarms[0]?.arn ?? "";
    const told = async (alarmAt: EpochMs) => {
      for (const via of ["action", "eventbridge", "sns"] as const)
        await snapBack(world.ports, world.cutover, { kind: "alarm", alarmArn, severity: "hard-down", alarmAt, via });
      return new Set(world.notify.sent.splice(0).map(({ id }) => id));
    };
    const first = await told(world.clock.now());
    const second = await told(later(world.clock.now(), 60_000));
    expect([first.size, second.size, new Set([...first, ...second]).size]).toEqual([1, 1, 2]);
  });

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
