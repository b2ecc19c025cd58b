import { describe, expect, it } from "vitest";
import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import { ok } from "../../../src/kernel/result.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { ORDERS, worldOf } from "../../support/fake-world.ts";
import { PLAIN, plainWorld } from "../../support/plain-cutover.ts";

const [pinned] = ORDERS.routes;
if (pinned === undefined) throw new Error("unreachable");
const { pin: _pin, ...unpinned } = pinned;

/** One route with a pin, and one without on another listener. */
const MIXED: CutoverBindings = {
  ...ORDERS,
  routes: [
    pinned,
    { ...unpinned, listenerArn: `${pinned.listenerArn}-tls`, weightedRuleArn: `${pinned.weightedRuleArn}-tls` },
  ],
};

const MODES = Object.entries(PLAIN);

const allGreen = async (cutover: CutoverBindings, greenPercent = 100) => {
  const world = plainWorld(cutover);
  const [route] = cutover.routes;
  if (route === undefined) throw new Error("a cutover without routes");
  const put = (percent: number) =>
    world.rules.writeWeights({ route, greenPercent: percent, stickySeconds: null }, [], ONE_ATTEMPT);
  await put(greenPercent);
  const acts = loadBalancerActs({ ...world.ports, alarmSwitch: { disableActions: async () => ok(undefined) } });
  return { ...world, acts, put };
};

describe.each(MODES)("decommission of %s", (_, cutover) => {
  it("leaves blue out of the rule instead of deleting a pin, and twice is as good as once", async () => {
    const { acts, rules } = await allGreen(cutover);
    expect(await acts["confirm-green"](cutover)).toMatchObject({ kind: "failed" });
    const writes = rules.writes.length;
    for (const _again of [1, 2])
      expect(await acts["delete-pin"](cutover)).toEqual({ kind: "done", detail: { pins: [] } });
    expect(rules.writes).toHaveLength(writes + 1);
    expect(rules.greenPercent()).toBe(100);
    expect(await acts["confirm-green"](cutover)).toMatchObject({ kind: "done" });
  });

  it("never raises green: a rule that somebody sent back is paged, not written", async () => {
    const { acts, rules } = await allGreen(cutover, 0);
    const writes = rules.writes.length;
    expect(await acts["delete-pin"](cutover)).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("0 %"),
    });
    expect(rules.writes).toHaveLength(writes);
  });

  it("waits for an answer, and for a look", async () => {
    const { acts, rules } = await allGreen(cutover);
    rules.fates.push({ kind: "timed-out", lands: "now" });
    expect(await acts["delete-pin"](cutover)).toMatchObject({ kind: "waiting" });
    expect(await acts["delete-pin"](cutover)).toMatchObject({ kind: "done" });
    rules.describeFails = true;
    expect(await acts["delete-pin"](cutover)).toMatchObject({ kind: "waiting" });
  });

  it("does not fence blue where a rollback that knew nothing wrote it again", async () => {
    const { acts, put } = await allGreen(cutover);
    await acts["delete-pin"](cutover);
    await put(0);
    expect(await acts["confirm-green"](cutover)).toMatchObject({ kind: "failed" });
  });
});

describe("decommission of a route with a pin beside one without", () => {
  it("is not mistaken about the pin it has just deleted where a look is behind", async () => {
    const world = worldOf(MIXED);
    for (const route of MIXED.routes)
      await world.rules.writeWeights({ route, greenPercent: 100, stickySeconds: null }, [], ONE_ATTEMPT);
    world.clock.spend(20_000);
    world.rules.describeLagMs = 5_000;
    const acts = loadBalancerActs({ ...world.ports, alarmSwitch: { disableActions: async () => ok(undefined) } });
    const done = { kind: "done", detail: { pins: [pinned.pin.ruleArn] } };
    expect(await acts["delete-pin"](MIXED)).toEqual(done);
    expect(await acts["delete-pin"](MIXED)).toEqual(done);
    expect(await acts["confirm-green"](MIXED)).toMatchObject({ kind: "done" });
  });
});
