import { describe, expect, it } from "vitest";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { durationMs } from "../../../src/kernel/units.ts";
import type { AlarmSeverity } from "../../../src/signals/bindings.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

const RATIO = ORDERS.alarms[0]?.arn ?? "";
const HOSTS = ORDERS.alarms.find(({ severity }) => severity === "hard-down")?.arn ?? "";

const alarm = (world: FakeWorld, severity: AlarmSeverity) =>
  snapBack(world.ports, world.cutover, {
    kind: "alarm",
    alarmArn: severity === "degraded" ? RATIO : HOSTS,
    severity,
    alarmAt: world.clock.now(),
  });
const acceptLoss = (world: FakeWorld) =>
  snapBack(world.ports, world.cutover, { kind: "operator", by: "olga", reason: "green is lost", acceptLoss: true });

/** At 50 %, with blue a minute behind green: going back would lose writes, and the policy says to hold. */
const behind = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm({ ...DRILL, whenNotLossless: "hold" });
  await world.until("50 %", () => world.state().weightPercent === 50);
  world.truth.streams.set("reverse.lagSeconds", 60);
  await world.minutes(2);
  return world;
};

const held = async (): Promise<FakeWorld> => {
  const world = await behind();
  expect((await alarm(world, "degraded")).kind).toBe("held");
  return world;
};

const LOUD = [
  ["a hard-down alarm", (world: FakeWorld) => alarm(world, "hard-down")],
  ["an operator who accepts the loss", acceptLoss],
] as const;

describe.each(LOUD)("a held rollback that is ended by %s", (_who, end) => {
  it("goes back before the ledger and the topic have taken what is said of it, and says it then", async () => {
    const world = await held();
    const began = world.clock.now();
    const { append } = world.ledger;
    world.ledger.append = async (...asked) => {
      world.clock.spend(durationMs(700));
      return append(...asked);
    };
    const told: string[] = [];
    const { send } = world.notify;
    world.notify.send = async (notification, timeoutMs) => {
      world.clock.spend(durationMs(1_400));
      told.push(notification.subject);
      return send(notification, timeoutMs);
    };

    expect((await end(world)).kind).toBe("verified");

    const raised = world.rules.writes.findLast(({ what }) => what === "pin raised");
    expect((raised?.at ?? 0) - began).toBeLessThan(500);
    expect(told.filter((subject) => subject === "orders: going back")).toHaveLength(1);
    expect(world.state().outbox).toEqual([]);
    await world.minutes(2);
    expect(told.filter((subject) => subject === "orders: going back")).toHaveLength(1);
  });

  it("goes back although the table loses the one write that says so", async () => {
    const world = await held();
    world.store.fates.push("answered", "lost");
    expect((await end(world)).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { mode: "snapped" } });
  });

  it("goes back although that write was carried out and not answered", async () => {
    const world = await held();
    world.store.fates.push("answered", "applied-unanswered");
    expect((await end(world)).kind).toBe("verified");
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("goes back although the table answers the latch and nothing after it", async () => {
    const world = await held();
    world.store.fates.push("answered", ...Array.from({ length: 20 }, () => "lost" as const));
    expect((await end(world)).kind).toBe("verified-unrecorded");
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("says in the ledger what it went back for, where that write was lost", async () => {
    const world = await held();
    world.store.fates.push("answered", "lost");
    await end(world);
    const { cause } = world.state().latch ?? {};
    expect(cause).toMatchObject(end === acceptLoss ? { kind: "operator" } : { kind: "alarm", severity: "hard-down" });
    const verified = world.ledger.records.find(({ kind }) => kind === "verified");
    expect(verified?.detail["cause"]).toEqual(cause);
  });

  it("goes back although other writes keep coming first", async () => {
    const world = await held();
    const { state } = world.ports;
    const overtaken: typeof state = {
      ...state,
      read: (...asked) => state.read(...asked),
      latch: (...asked) => state.latch(...asked),
      transition: async () => ({ kind: "moved", state: world.state() }),
    };
    const through = { ...world, ports: { ...world.ports, state: overtaken } };
    expect((await end(through)).kind).not.toBe("held");
    expect(world.rules.greenPercent()).toBe(0);
  });
});

describe("a rollback that is to be held", () => {
  it("holds where the table takes the latch and not the hold, and the next tick records it and tells somebody", async () => {
    const world = await behind();
    world.store.fates.push("answered", "lost");
    expect((await alarm(world, "degraded")).kind).toBe("held");
    expect(world.rules.greenPercent()).toBe(50);
    world.notify.sent.length = 0;
    world.truth.firing.add(RATIO);
    await world.minutes(2);
    expect(world.rules.greenPercent()).toBe(50);
    expect(world.state().latch?.mode).toBe("held");
    expect(world.notify.sent.some(({ subject }) => /held/.test(subject))).toBe(true);
  });

  it("is not held again by a degraded alarm that comes beside the hard-down one", async () => {
    for (const pair of [["degraded", "hard-down"] as const, ["hard-down", "degraded"] as const]) {
      const world = await behind();
      await Promise.all(pair.map((severity) => alarm(world, severity)));
      expect(world.rules.greenPercent()).toBe(0);
      expect(world.state().latch).toMatchObject({ mode: "snapped", verifiedAt: expect.any(Number) });
    }
  });
});
