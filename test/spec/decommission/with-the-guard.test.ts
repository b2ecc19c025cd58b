import { expect, it } from "vitest";
import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import { requestApprove, requestPause, requestResume } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { ok } from "../../../src/kernel/result.ts";
import { epochMs, later, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { awaitsApproval } from "../../support/awaits-approval.ts";
import { fakeActs } from "../../support/decommission.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";

const OLGA = { by: "olga", reason: "she has looked" };

/** The real promote, the real acts on the rules, and the executor, minute by minute. */
const decommissioning = async (policy?: Policy) => {
  const world = fakeWorld();
  await world.arm(policy);
  await world.until("the soak", () => awaitsApproval(world));
  await requestApprove(world.ports, "orders", OLGA);
  await world.until("approved", () => world.state().phase === "decommissioning", 3);
  const fake = fakeActs(world.journal, "orders");
  const alarmSwitch = { disableActions: async () => ok(undefined) };
  const { "delete-pin": deletePin, "confirm-green": confirmGreen } = loadBalancerActs({ ...world.ports, alarmSwitch });
  const acts = { ...fake.acts, "delete-pin": deletePin, "confirm-green": confirmGreen };
  const run = () => runDecommission({ ...world.ports, acts, hasTime: () => true }, world.cutover);
  const minutes = async (count: number) => {
    let last = await run();
    for (let minute = 0; minute < count; minute += 1) {
      await world.minute();
      last = await run();
    }
    return last;
  };
  return { world, ...fake, run, minutes };
};

it("promote's permits carry it from the approval to the end", async () => {
  const { world, minutes, effects } = await decommissioning();
  expect((await minutes(9)).stopped).toBe("complete");
  expect(effects).toContain("verify-absence");
  expect(world.state()).toMatchObject({ phase: "complete", weightPercent: 100, wayBack: "closed" });
  expect(world.rules.greenPercent()).toBe(100);
  expect(await world.active.list(1_000 as never)).toEqual(ok([]));
});

it("does not pass the point of no return in a freeze that begins as it is about to", async () => {
  const freeze = (from: number) => [{ from: toIso(epochMs(from)), to: "2026-11-22T09:00:00Z", why: "month end" }];
  const asked = (await decommissioning()).world.clock.now();
  const { world, instead, run } = await decommissioning({
    ...DRILL,
    freeze: freeze(later(minuteOf(asked), MINUTE_MS)),
  });
  expect(world.state().phase).toBe("decommissioning");
  instead.set("final-diff", { kind: "waiting", for: "the comparison" });
  await run();
  instead.clear();

  // All that a tick starts begins at once: promote has not judged this minute yet.
  world.nextMinute();

  expect((await run()).stopped).toMatch(/^the permit ran out at /);
  expect(world.state().wayBack).toBe("open");
});

it("says of a request that no tick will take any more that it is refused", async () => {
  const { world, instead, run, minutes } = await decommissioning();
  instead.set("verify-absence", { kind: "waiting", for: "a look" });
  await minutes(9);
  await requestPause(world.ports, "orders", OLGA);
  instead.clear();

  expect((await run()).stopped).toBe("complete");

  expect(world.state().request).toBeUndefined();
  expect(world.notify.sent.at(-1)).toMatchObject({
    subject: "orders: completed, green is alone",
    body: expect.stringContaining("pause by olga: refused, it is complete"),
  });
});

it("what is complete stays listed until its last record and message have arrived", async () => {
  const { world, run, minutes } = await decommissioning();
  await minutes(3);
  world.outage.topic = true;
  await minutes(6);
  expect(await run()).toMatchObject({ stopped: expect.stringMatching(/^complete, with \d+ records or messages/) });
  expect(world.state()).toMatchObject({ phase: "complete" });
  expect(await world.active.list(1_000 as never)).toMatchObject(ok([{ cutover: "orders" }]));
  world.outage.topic = false;
  expect(await run()).toEqual({ done: [], stopped: "complete" });
  expect(world.state().outbox).toEqual([]);
  expect(world.notify.sent.some(({ subject }) => subject === "orders: completed, green is alone")).toBe(true);
  expect(await world.active.list(1_000 as never)).toEqual(ok([]));
});

it("after a latch past the point of no return, a resume goes on where it stopped", async () => {
  const { world, run, minutes, effects } = await decommissioning();
  await minutes(2);
  expect(effects).toContain("alarm-actions-off");
  const report = await snapBack(world.ports, world.cutover, { kind: "operator", ...OLGA, acceptLoss: true });
  expect(report.kind).toBe("no-way-back");
  expect((await minutes(6)).stopped).toBe("a rollback is latched");
  expect(world.rules.greenPercent()).toBe(100);

  expect((await requestResume(world.ports, "orders", OLGA)).kind).toBe("accepted");
  await minutes(2);
  expect(await run()).toEqual({ done: [], stopped: "complete" });
  expect(world.state()).toMatchObject({ phase: "complete", epoch: 2 });
  expect(effects.filter((action) => action === "final-diff")).toHaveLength(1);
});

it("a latch that is taken off before the next tick is told of all the same, though the topic did not answer", async () => {
  const { world, run, minutes } = await decommissioning();
  await minutes(2);
  world.outage.topic = true;
  await snapBack(world.ports, world.cutover, { kind: "operator", ...OLGA, acceptLoss: true });
  await requestResume(world.ports, "orders", { by: "ada", reason: "there is no way back" });
  await minutes(2);
  expect(world.state().latch).toBeUndefined();
  world.outage.topic = false;
  await minutes(2);
  await run();
  const told = world.notify.sent.filter(({ subject }) => subject.includes("took the latch off"));
  expect(told).toMatchObject([
    { urgency: "page", body: expect.stringMatching(/olga.*\nada: there is no way back\n/s) },
  ]);
});

it("says once that nothing but an approval is missing, and to whom to give it", async () => {
  const world = fakeWorld();
  await world.arm();
  await world.until("the soak", () => awaitsApproval(world));
  await world.minutes(20);
  const asked = world.notify.sent.filter(({ body }) => body.includes("pawl approve orders --reason"));
  expect(asked).toMatchObject([{ subject: "orders: the soak is over", urgency: "info" }]);
});
