import { describe, expect, it } from "vitest";
import type { CutoverState } from "../../../src/decision/state.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { SnapBackTrigger } from "../../../src/guard/snap-back-trigger.ts";
import type { SnapBackReport } from "../../../src/guard/tell-rollback.ts";
import { earlier } from "../../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const PIN = ORDERS.routes[0]?.pin.ruleArn ?? "";
const RATIO = ORDERS.alarms[0]?.arn ?? "";
const OLGA: SnapBackTrigger = { kind: "operator", by: "olga", reason: "green is wrong", acceptLoss: true };
const HALTED = "; it is latched, and nothing more of CDC is taken apart until pawl resume";

/** A rollback whose first latches get no answer; the cutover is as it was put. */
const back = async (
  unanswered: number,
  change: Partial<CutoverState>,
  arrange: (world: FakeWorld) => SnapBackTrigger = () => OLGA,
): Promise<{ readonly world: FakeWorld; readonly report: SnapBackReport }> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  world.store.put({ ...world.state(), ...change });
  const trigger = arrange(world);
  let asked = 0;
  const latch: GuardPorts["state"]["latch"] = async (...by) => {
    asked += 1;
    return asked <= unanswered
      ? { kind: "unknown", message: "the table did not answer" }
      : world.ports.state.latch(...by);
  };
  const ports = { ...world.ports, state: { ...world.ports.state, latch } };
  return { world, report: await snapBack(ports, ORDERS, trigger) };
};
const pinGone = (world: FakeWorld): SnapBackTrigger => {
  world.rules.remove(PIN);
  return OLGA;
};
const PAST = { phase: "decommissioning", wayBack: "restorable" } as const;
const OVER = { phase: "complete", wayBack: "closed" } as const;

describe("a rollback whose latch comes once all is on blue", () => {
  it("is recorded and verified, as if the table had answered at once", async () => {
    const { world, report } = await back(2, {});
    expect(report.kind).toBe("verified");
    expect(world.state()).toMatchObject({ phase: "rolledBack", weightPercent: 0 });
  });

  it.each<[string, number, Partial<CutoverState>, string]>([
    ["never comes", 9, {}, "the table did not answer"],
    [
      "finds the point of no return passed",
      2,
      PAST,
      "traffic went back although the way back is restorable; see pawl restore",
    ],
    [
      "finds the cutover over",
      2,
      OVER,
      "traffic went back although the way back is closed, the cutover being complete; see pawl restore",
    ],
  ])("or %s: people are told so, and what that means", async (_, unanswered, change, why) => {
    const { world, report } = await back(unanswered, change);
    expect(report).toEqual({ kind: "verified-unrecorded", why });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.notify.sent.at(-1)).toMatchObject({
      subject: "orders: all traffic is on blue, not recorded",
      body: `the table did not answer; then: ${why}.`,
      urgency: "page",
    });
  });
});

describe("a rollback that finds its pin gone, and no answer from the table,", () => {
  it.each<[string, Partial<CutoverState>, string]>([
    ["stops what is taken apart where it is latched after all", PAST, HALTED],
    ["stops nothing where the cutover is over", OVER, ""],
  ])("%s", async (_, change, halted) => {
    const { report } = await back(1, change, pinGone);
    expect(report).toEqual({
      kind: "no-way-back",
      why: expect.stringContaining(`the pin ${PIN} is gone${halted}. `),
    });
  });

  it.each<[string, number, (world: FakeWorld) => SnapBackTrigger, string]>([
    ["is told as what nobody can explain where the table stays away", 9, pinGone, "the table did not answer"],
    [
      "and where the alarm that asked is quiet again",
      1,
      (world) => {
        pinGone(world);
        const alarmAt = earlier(world.state().armedAt, 60_000);
        return { kind: "alarm", alarmArn: RATIO, severity: "degraded", alarmAt };
      },
      "the alarm's event is older than this epoch, and the alarm is OK now",
    ],
  ])("%s", async (_, unanswered, arrange, because) => {
    const { world, report } = await back(unanswered, {}, arrange);
    expect(report).toEqual({
      kind: "pin-gone",
      why: expect.stringContaining(`the pin ${PIN} is gone; by whose doing is not known (${because})`),
    });
    expect(world.notify.sent.at(-1)).toMatchObject({ subject: "orders: a rollback found its way back gone" });
  });
});
