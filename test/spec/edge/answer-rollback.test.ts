import { describe, expect, test } from "vitest";
import type { AlarmEvent } from "../../../src/edge/alarm-event.ts";
import { answerRollback, demandDone } from "../../../src/edge/answer-rollback.ts";
import { PawlError } from "../../../src/kernel/pawl-error.ts";
import { later } from "../../../src/kernel/units.ts";
import { fakeWorld, ORDERS } from "../../support/fake-world.ts";

const RATIO = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-orders-green-5xx-ratio";

const armedWorld = async () => {
  const world = fakeWorld();
  const report = await world.arm();
  if (report.kind !== "armed") throw new Error(JSON.stringify(report));
  return world;
};
const alarm = (world: ReturnType<typeof fakeWorld>, state: string, alarmArn = RATIO): AlarmEvent => ({
  kind: "alarm",
  alarmArn,
  state,
  alarmAt: later(world.clock.now(), 1_000),
  via: "action",
});

describe("rollback answers an alarm", () => {
  test("by sending the cutover that lists it to blue, pin above", async () => {
    const world = await armedWorld();
    const answers = await answerRollback(world.ports, [ORDERS], alarm(world, "ALARM"));
    expect(answers).toMatchObject([{ cutover: "orders", report: { kind: "verified" } }]);
    expect(world.state().latch).toMatchObject({ cause: { kind: "alarm", severity: "degraded" } });
    expect(() => demandDone(answers, [])).not.toThrow();
  });

  test.each(["OK", "INSUFFICIENT_DATA"])("that changed to %s by doing nothing", async (state) => {
    const world = await armedWorld();
    const before = world.rules.writes.length;
    const answers = await answerRollback(world.ports, [ORDERS], alarm(world, state));
    expect(answers).toMatchObject([{ report: { kind: "ignored", why: `the alarm changed to ${state}` } }]);
    expect(world.state()).not.toHaveProperty("latch");
    expect(world.rules.writes).toHaveLength(before);
  });

  test("that comes with another, whatever becomes of that one", async () => {
    const world = await armedWorld();
    const stranger = RATIO.replace("orders-green-5xx-ratio", "somebody-elses");
    const changes = [alarm(world, "ALARM", stranger), alarm(world, "OK"), alarm(world, "ALARM")];
    const answer = answerRollback(world.ports, [ORDERS], { kind: "alarms", changes });
    await expect(answer).rejects.toThrow(/somebody-elses belongs to no cutover/);
    expect(world.state().latch?.verifiedAt).toBeDefined();
  });

  test("that comes with what nobody can read, and fails for that afterwards", async () => {
    const world = await armedWorld();
    const unread = new PawlError("event-malformed", { expected: "an alarm", fault: "Sns is not an object" });
    const event = { kind: "alarms", changes: [alarm(world, "ALARM")], unread } as const;
    await expect(answerRollback(world.ports, [ORDERS], event)).rejects.toBe(unread);
    expect(world.state().latch?.verifiedAt).toBeDefined();
  });

  test("that nobody lists by refusing it, by name", async () => {
    const world = await armedWorld();
    const stranger = RATIO.replace("orders-green-5xx-ratio", "somebody-elses");
    const answer = answerRollback(world.ports, [ORDERS], alarm(world, "ALARM", stranger));
    await expect(answer).rejects.toThrow(/The alarm arn:.*somebody-elses belongs to no cutover/);
    expect(world.state()).not.toHaveProperty("latch");
  });
});

test("a request for a cutover that this release does not know is refused, with the ones it does", async () => {
  const world = await armedWorld();
  const request = { kind: "snapBack", cutover: "payments", epoch: 1 } as const;
  await expect(answerRollback(world.ports, [ORDERS], request)).rejects.toThrow(/no cutover "payments".*: orders\./);
});

describe("a call fails, so that Lambda tries again and its alarm tells somebody,", () => {
  const answerOf = async (world: ReturnType<typeof fakeWorld>) =>
    answerRollback(world.ports, [ORDERS], alarm(world, "ALARM"));

  test("when the pin is gone and the table does not say by whose doing", async () => {
    const world = await armedWorld();
    world.rules.remove(ORDERS.routes[0]?.pin.ruleArn ?? "");
    world.store.down = true;
    const answers = await answerOf(world);
    expect(answers).toMatchObject([{ report: { kind: "pin-gone" } }]);
    expect(() => demandDone(answers, [])).toThrow(/no way back, by whose doing is not known: orders/);
  });

  test("when it was past the point of no return and nobody could be told of it", async () => {
    const world = await armedWorld();
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    expect(() => demandDone([], [])).not.toThrow();
    world.outage.topic = true;
    const untold = await answerOf(world);
    expect(() => demandDone(untold, [])).toThrow(/nobody could be told: orders/);
    world.outage.topic = false;
    const told = await answerOf(world);
    expect(told).toMatchObject([{ report: { kind: "no-way-back" } }]);
    expect(() => demandDone(told, [])).not.toThrow();
  });

  test("when a setting is missing, whatever came of it", async () => {
    const world = await armedWorld();
    const lack = new PawlError("settings-missing", { names: ["PAWL_TOPIC_ARN"] });
    const answers = await answerOf(world);
    expect(answers).toMatchObject([{ report: { kind: "verified" } }]);
    expect(() => demandDone(answers, [lack])).toThrow(/PAWL_TOPIC_ARN/);
  });
});

test("a rollback that nobody has seen on blue has failed, so that Lambda tries it again", () => {
  const unverified = [{ cutover: "orders", report: { kind: "unverified", why: "no answer" } }] as const;
  expect(() => demandDone(unverified, [])).toThrow(/Not yet seen on blue: orders/);
});
