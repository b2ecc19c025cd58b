import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { runPromote } from "../../src/guard/promote.ts";
import { snapBack } from "../../src/guard/snap-back.ts";
import type { SnapBackTrigger } from "../../src/guard/snap-back-trigger.ts";
import { runTick } from "../../src/guard/tick.ts";
import { observePorts } from "../../src/wiring.ts";
import { type FakeWorld, fakeWorld } from "../support/fake-world.ts";
import { tableByHand } from "../support/table-by-hand.ts";
import { type LabAccount, startAccountWithTable } from "./lab-account.ts";
import { atTenPercent, byOperator, soonEnough } from "./sample-state.ts";

let account: LabAccount;
let table: GuardPorts["state"];
let byHand: ReturnType<typeof tableByHand>;

beforeAll(async () => {
  account = await startAccountWithTable();
  table = observePorts(account.env).state;
  byHand = tableByHand(account.env);
});
afterAll(() => {
  byHand.close();
  return account.close();
});
beforeEach(() => byHand.remove("cutover#orders", "state"));

/** What somebody made of the item who put it back by hand, or by a tool that knows texts alone. */
const MISSHAPEN: readonly (readonly [string, Record<string, AttributeValue | null>, string])[] = [
  ["nothing but its name", { ...everythingButItsName() }, "version is missing"],
  ["without what a rollback would cost", { rollbackSafety: null }, "rollbackSafety is missing"],
  ["a soak counted in texts", soakOf({ S: "86400000" }), "soak.healthyMs is not"],
  ["a text for when it was armed", { armedAt: { S: "1795316400000" } }, "armedAt is not"],
  ["an outbox that is no list", { outbox: { M: {} } }, "outbox is not"],
  ["a weight beyond all", { weightPercent: { N: "1000" } }, "weightPercent is not"],
  ["another cutover's", { cutover: { S: "payments" } }, "cutover is"],
];

function everythingButItsName(): Record<string, null> {
  const { cutover: _, ...others } = atTenPercent("orders");
  return Object.fromEntries(Object.keys(others).map((name) => [name, null]));
}

function soakOf(healthyMs: AttributeValue): Record<string, AttributeValue> {
  return { soak: { M: { startedAt: { NULL: true }, healthyMs, lastMinute: { NULL: true }, restarts: { N: "0" } } } };
}

/** A world at 10 % whose table is the real one, in which the item is as it was made by hand. */
const given = async (
  change: Record<string, AttributeValue | null>,
  { latched = false } = {},
): Promise<{ readonly world: FakeWorld; readonly ports: GuardPorts }> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  await table.transition(null, { ...world.state(), version: 1 }, soonEnough);
  if (latched) await table.latch("orders", byOperator, { writeId: "w" }, soonEnough);
  const left = { ...(await byHand.get("cutover#orders", "state")), ...change };
  const attributes = Object.entries(left).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  await byHand.put("cutover#orders", "state", Object.fromEntries(attributes));
  return { world, ports: { ...world.ports, state: table } };
};

const TRIGGERS = (world: FakeWorld): readonly SnapBackTrigger[] => [
  { kind: "operator", by: "olga", reason: "green looks wrong", acceptLoss: false },
  { kind: "promote", epoch: world.state().epoch },
  {
    kind: "alarm",
    alarmArn: world.cutover.alarms[0]?.arn ?? "",
    severity: "degraded",
    alarmAt: world.clock.now(),
  },
];

describe.each(MISSHAPEN)("a state of which somebody has left %s", (_what, change, said) => {
  test("is no state, and says what of it is none", async () => {
    await given(change);
    const read = await table.read("orders", soonEnough);
    expect(read).toMatchObject({ ok: false, failure: { kind: "malformed", message: expect.stringContaining(said) } });
  });

  test.each([false, true])("keeps no rollback from raising the pin, latched before: %s", async (latched) => {
    for (const nth of [0, 1, 2]) {
      await byHand.remove("cutover#orders", "state");
      const { world, ports } = await given(change, { latched });
      const trigger = TRIGGERS(world)[nth];
      if (trigger === undefined) throw new Error("no trigger");
      const report = await snapBack(ports, world.cutover, trigger);
      expect(report.kind).toBe("verified-unrecorded");
      expect(world.rules.writes.map(({ what }) => what)).toContain("pin raised");
    }
  });

  test("is judged by nobody, and keeps no other cutover from being served", async () => {
    const { world, ports } = await given(change, { latched: true });
    await world.active.put("payments", world.clock.now());
    await table.transition(null, { ...world.state(), cutover: "payments", version: 1 }, soonEnough);
    const tick = world.nextMinute();
    const report = await runTick(ports, tick);
    expect(report.started.map(({ cutover }) => cutover)).toContain("payments");
    expect(report.failures.join()).toContain(said);
    expect(report.stalestSeconds).toBeNull();
    expect(await runPromote(ports, world.cutover, tick)).toMatchObject({ kind: "failed" });
  });
});
