import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answerRollback } from "../../../src/edge/answer-rollback.ts";
import { parseRollbackEvent } from "../../../src/edge/events.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS, wholeLedger } from "../../support/fake-world.ts";

/** All of one and the same change of an alarm, at 03:04:08; the world below begins, and is armed, at 03:00. */
const WAYS = ["metric.action", "metric.eventbridge", "metric.sns"];
const RATIO = ORDERS.alarms[0]?.arn ?? "";

const payload = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `payloads/${name}.json`), "utf8"));
const deliver = (world: FakeWorld, name: string, cutovers: readonly CutoverBindings[] = [ORDERS]) =>
  answerRollback(world.ports, cutovers, parseRollbackEvent(payload(name)));

const at50 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("50 %", () => world.state().weightPercent === 50);
  return world;
};

const latches = (world: FakeWorld) => wholeLedger(world).filter(({ kind }) => kind === "latch");

const rearmed = async (world: FakeWorld): Promise<void> => {
  world.truth.firing.clear();
  await world.until("settled", () => world.state().settled !== undefined);
  await world.minutes(6);
  const report = await rearm(world.ports, ORDERS, DRILL, "olga", { rehearsal: true, doctor: async () => [] });
  if (report.kind !== "armed") throw new Error(JSON.stringify(report));
  await world.deliverAll();
};

describe("one change of an alarm", () => {
  test.each(WAYS)("sends traffic back by itself: %s", async (way) => {
    const world = await at50();
    expect(await deliver(world, way)).toMatchObject([{ cutover: "orders", report: { kind: "verified" } }]);
    expect(world.rules.greenPercent()).toBe(0);
    expect(latches(world)).toMatchObject([{ detail: { via: way.split(".")[1], cause: { alarmArn: RATIO } } }]);
  });

  test("is one latch by all ways at once, twice each, and once more hours later", async () => {
    const world = await at50();
    await Promise.all([...WAYS, ...WAYS].map((way) => deliver(world, way)));
    await world.minutes(180);
    await Promise.all(WAYS.toReversed().map((way) => deliver(world, way)));
    await world.minutes(2);
    expect(latches(world)).toHaveLength(1);
    expect(world.state()).toMatchObject({ epoch: 2, phase: "rolledBack" });
    expect(world.rules.greenPercent()).toBe(0);
  });

  test("counts hours late within the epoch that it happened in: the alarm said so of this green", async () => {
    const world = await at50();
    await world.minutes(120);
    expect(await deliver(world, "metric.sns")).toMatchObject([{ report: { kind: "verified" } }]);
  });

  test("is not undone by the alarm's way back to OK, whichever of the two comes first", async () => {
    const ok = { ...(parseRollbackEvent(payload("metric.action")) as object), state: "OK" };
    for (const order of [
      ["OK", "ALARM"],
      ["ALARM", "OK"],
    ]) {
      const world = await at50();
      for (const state of order)
        await (state === "OK"
          ? answerRollback(world.ports, [ORDERS], ok as ReturnType<typeof parseRollbackEvent>)
          : deliver(world, "metric.action"));
      expect(world.state().phase).toBe("rolledBack");
    }
  });

  test("that is older than the present epoch does nothing where the alarm is quiet now, by any way", async () => {
    const world = await at50();
    await deliver(world, "metric.action");
    await rearmed(world);
    for (const way of WAYS)
      expect(await deliver(world, way)).toMatchObject([
        { report: { kind: "ignored", why: expect.stringMatching(/older than this epoch/) } },
      ]);
    expect(world.state()).not.toHaveProperty("latch");
    expect(latches(world)).toHaveLength(1);
  });

  test("that is older than the present epoch counts where the alarm still says so", async () => {
    const world = await at50();
    await deliver(world, "metric.action");
    await rearmed(world);
    world.truth.firing.add(RATIO);
    expect(await deliver(world, "metric.eventbridge")).toMatchObject([{ report: { kind: "verified" } }]);
    expect(latches(world)).toHaveLength(2);
  });

  test("that is lost altogether is found by the next tick, at every weight", async () => {
    const world = await at50();
    world.truth.firing.add(RATIO);
    await world.minute();
    expect(world.state()).toMatchObject({ phase: "rolledBack", latch: { cause: { kind: "alarm", alarmArn: RATIO } } });
    expect(latches(world)).toMatchObject([{ tick: expect.any(Number) }]);
  });
});

describe("a composite alarm of the operator's own", () => {
  const arn = RATIO.replace("pawl-orders-green-5xx-ratio", "checkout-broken");
  const cutover: CutoverBindings = { ...ORDERS, alarms: [...ORDERS.alarms, { arn, severity: "hard-down" }] };

  test.each([
    "composite.action",
    "composite.eventbridge",
    "composite.sns",
    // What suppresses actions hides nothing from pawl: the next tick would see the same ALARM.
    "composite-suppressed.eventbridge",
    "composite-freed.action",
  ])("sends traffic back: %s", async (way) => {
    const world = await at50();
    expect(await deliver(world, way, [cutover])).toMatchObject([{ report: { kind: "verified" } }]);
    expect(world.state().latch?.cause).toMatchObject({ alarmArn: arn, severity: "hard-down" });
  });

  test("is refused by name where no cutover lists it, and moves nothing", async () => {
    const world = await at50();
    await expect(deliver(world, "composite.sns")).rejects.toThrow(/checkout-broken belongs to no cutover/);
    expect(world.state()).not.toHaveProperty("latch");
    expect(world.rules.greenPercent()).toBe(50);
  });

  test("that two cutovers list sends both back, also where one of them fails", async () => {
    const world = await at50();
    const broken: CutoverBindings = { ...cutover, name: "payments" };
    const state: typeof world.ports.state = {
      ...world.ports.state,
      latch: async (name, ...rest) => {
        if (name === "payments") throw new RangeError("a bug");
        return world.ports.state.latch(name, ...rest);
      },
    };
    const event = parseRollbackEvent(payload("composite.action"));
    await expect(answerRollback({ ...world.ports, state }, [broken, cutover], event)).rejects.toThrow("a bug");
    expect(world.state().phase).toBe("rolledBack");
  });
});
