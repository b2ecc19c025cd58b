import { expect, it } from "vitest";
import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import { requestApprove } from "../../../src/guard/requests.ts";
import { ok } from "../../../src/kernel/result.ts";
import type { Policy, Rule } from "../../../src/policy/policy-file.ts";
import { awaitsApproval } from "../../support/awaits-approval.ts";
import { fakeActs } from "../../support/decommission.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";

/** A decommission under one more rollback rule, which stands at the act after the forward slot has gone. */
const standing = async (id: string, when: Rule) => {
  const policy: Policy = { ...DRILL, rollback: [...DRILL.rollback, { id, why: "rows may be lost", when }] };
  const world = fakeWorld();
  await world.arm(policy);
  const blocking = () => world.state().blocking.map(({ what }) => what);
  await world.until("the soak", () => awaitsApproval(world));
  await requestApprove(world.ports, "orders", { by: "olga", reason: "she has looked" });
  await world.until("approved", () => world.state().phase === "decommissioning", 3);
  const fake = fakeActs(world.journal, "orders");
  fake.instead.set("stop-reverse-source", { kind: "waiting", for: "a busy stream" });
  const alarmSwitch = { disableActions: async () => ok(undefined) };
  const { "delete-pin": deletePin, "confirm-green": confirmGreen } = loadBalancerActs({ ...world.ports, alarmSwitch });
  const acts = { ...fake.acts, "delete-pin": deletePin, "confirm-green": confirmGreen };
  const minutes = async (count: number) => {
    let stopped = "";
    for (let minute = 0; minute < count; minute += 1) {
      await world.minute();
      stopped = (await runDecommission({ ...world.ports, acts, hasTime: () => true }, world.cutover)).stopped;
    }
    return stopped;
  };
  expect(await minutes(10)).toBe("stop-reverse-source waits: a busy stream");
  return { world, ...fake, minutes, blocking };
};

it.each([
  ["the slot that pawl has dropped", "forward.dataGap", true],
  ["a source that pawl has stopped", "reverse.state", "STOPPED"],
] as const)("a rule that fires on %s does not stop what took it", async (_what, signal, value) => {
  const of = await standing("stream-gone", { "===": [{ var: signal }, value] });
  of.world.truth.streams.set(signal, value);
  await of.minutes(5);
  expect(of.blocking()).not.toContain("rollback-asked");
  of.instead.clear();
  await of.minutes(2);
  expect(of.world.state()).toMatchObject({ phase: "complete" });
  expect(of.world.notify.sent.filter(({ body }) => body.includes("rollback-asked"))).toEqual([]);
});

it("a rule that fires on green itself still withholds every permit, and calls somebody", async () => {
  const of = await standing("green-slow", {
    or: [{ "===": [{ var: "forward.dataGap" }, true] }, { ">": [{ var: "green.p99Ms" }, 5_000] }],
  });
  of.world.truth.greenP99Ms = 9_000;
  await of.minutes(6);
  expect(of.blocking()).toContain("rollback-asked");
  expect(of.world.notify.sent.some(({ body }) => body.includes("rollback-asked: green-slow fired"))).toBe(true);
  of.instead.clear();
  await of.minutes(3);
  expect(of.effects).not.toContain("stop-reverse-source");
  of.world.truth.greenP99Ms = 120;
  await of.minutes(8);
  expect(of.world.state()).toMatchObject({ phase: "complete" });
});
