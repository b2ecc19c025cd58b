import { describe, expect, it } from "vitest";
import { applyLatch } from "../../../src/decision/latch.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import { lowerPin } from "../../../src/guard/lower-pin.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { later, weightPercent } from "../../../src/kernel/units.ts";
import type { PinnedCutover, PinnedRoute } from "../../../src/signals/routes.ts";
import { byOperator } from "../../contract/sample-state.ts";
import { aroundCalls } from "../../support/around-calls.ts";
import { type FakeWorld, fakeWorld, ORDERS, wholeLedger } from "../../support/fake-world.ts";
import { to } from "../../support/route-rules.ts";
import { BOTH, http, tls } from "../../support/two-routes.ts";

const NO_ANSWER = outsideFailure("timed-out", "no answer");

/** Armed again: every pin is up, and the intent to lower them is open for so long. */
const rearmed = async (leftMs = 360_000, cutover: PinnedCutover = ORDERS): Promise<FakeWorld> => {
  const world = fakeWorld(cutover);
  await world.arm();
  for (const { pin } of cutover.routes)
    world.rules.edit(pin.ruleArn, (rule) => ({ ...rule, priority: pin.raisedPriority }));
  const intentAt = world.clock.now();
  const notAfter = later(intentAt, leftMs);
  put(world, { intent: { kind: "lowerPin", epoch: 1, to: weightPercent(0), intentAt, notAfter } });
  return world;
};
const put = (world: FakeWorld, change: Partial<CutoverState>): void => {
  const state = world.state();
  world.store.put({ ...state, version: state.version + 1, writeId: world.ports.newId(), ...change });
};
const latch = (world: FakeWorld): void => world.store.put(applyLatch(world.state(), byOperator, "w"));
const settled = (world: FakeWorld): void => {
  const { intent: _, ...state } = world.state();
  world.store.put({ ...state, version: state.version + 1, writeId: world.ports.newId() });
};
const giveGreen = (world: FakeWorld, { weightedRuleArn }: PinnedRoute, weight: number, sticky = false) =>
  world.rules.edit(weightedRuleArn, (rule) => ({ ...rule, forward: to(weight, 100 - weight, sticky) }));
const isUp = async (world: FakeWorld, { listenerArn, pin }: PinnedRoute = http): Promise<boolean> => {
  const read = await world.rules.readListener(listenerArn, ONE_ATTEMPT.timeoutMs);
  const found = read.ok ? read.value.rules.find(({ ruleArn }) => ruleArn === pin.ruleArn) : undefined;
  return found?.priority === pin.raisedPriority;
};

describe("the pin is lowered for a re-arm", () => {
  it("after two looks that are further apart than a look may be behind, and it stands in the ledger", async () => {
    const world = await rearmed();
    const began = world.clock.now();
    const report = await lowerPin(world.ports, ORDERS, 1);
    expect(report).toMatchObject({ kind: "lowered", state: { phase: "armed", outbox: [] } });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(10_000);
    expect(await isUp(world)).toBe(false);
    expect(world.state()).not.toHaveProperty("intent");
    expect(wholeLedger(world)).toContainEqual(
      expect.objectContaining({ kind: "pin-lowered", summary: "the pin is parked again" }),
    );
  });

  it("as long as a rollback's run that freezes now is over before the intent is", async () => {
    expect(await lowerPin((await rearmed(311_000)).ports, ORDERS, 1)).toMatchObject({ kind: "lowered" });
  });
});

describe("the pin stays up, and nothing is written,", () => {
  it.each<[string, (world: FakeWorld) => void, string]>([
    [
      "where the state cannot be read",
      (world) => Object.assign(world.ports, { state: { ...world.ports.state, read: async () => NO_ANSWER } }),
      "no answer",
    ],
    ["for an epoch that is over", (world) => put(world, { epoch: 2 }), "the epoch is 2, not 1"],
    [
      "under a latch",
      (world) => world.store.put({ ...applyLatch(world.state(), byOperator, "w"), epoch: 1 }),
      "a rollback is latched",
    ],
    [
      "where green has a share behind it on one of two routes",
      (world) => giveGreen(world, tls, 10),
      "the weighted rule is not at 0 with stickiness off",
    ],
    [
      "where cookies would hold users on green",
      (world) => giveGreen(world, http, 0, true),
      "the weighted rule is not at 0 with stickiness off",
    ],
    [
      "where the first look is behind, and the second shows that green was given a share",
      (world) => {
        world.clock.spend(20_000);
        giveGreen(world, http, 10);
        world.rules.describeLagMs = 9_000;
      },
      "the weighted rule is not at 0 with stickiness off",
    ],
    [
      "where the rules cannot be read",
      (world) => Object.assign(world.rules, { describeFails: true }),
      "the weighted rule is not at 0 with stickiness off",
    ],
    [
      "where the pin itself is not as it was bound",
      (world) => world.rules.edit(http.pin.ruleArn, (rule) => ({ ...rule, conditions: [] })),
      "the weighted rule is not at 0 with stickiness off",
    ],
  ])("%s", async (_, arrange, why) => {
    const world = await rearmed(undefined, BOTH);
    arrange(world);
    expect(await lowerPin(world.ports, world.cutover, 1)).toEqual({ kind: "refused", why });
    expect(world.rules.writes).toEqual([]);
  });

  it("where nothing is armed", async () => {
    expect(await lowerPin(fakeWorld().ports, ORDERS, 1)).toEqual({ kind: "refused", why: "nothing is armed" });
  });

  it.each<[string, (world: FakeWorld) => void, string]>([
    ["a rollback comes between the looks", (world) => latch(world), "the epoch is 2, not 1"],
    ["another run has lowered it meanwhile", (world) => settled(world), "no re-arm is waiting for it"],
    [
      "the table does not answer after the looks",
      (world) => Object.assign(world.store, { down: true }),
      "GetItem: no answer",
    ],
  ])("where %s", async (_, comes, why) => {
    const world = await rearmed();
    const ports = aroundCalls(world.ports, async (call, name) => {
      if (name === "clock.sleep") comes(world);
      return call();
    });
    expect(await lowerPin(ports, ORDERS, 1)).toEqual({ kind: "refused", why });
    expect(world.rules.writes).toEqual([]);
    expect(await isUp(world)).toBe(true);
  });

  it("where the looks take what was left of the intent's time", async () => {
    const world = await rearmed(305_000);
    expect(await lowerPin(world.ports, ORDERS, 1)).toEqual({
      kind: "refused",
      why: "the intent's time is nearly over",
    });
    expect(world.rules.writes).toEqual([]);
  });
});

describe("nobody is told that the pin is lowered", () => {
  it.each(["timed-out", "refused"] as const)("by a move that was %s: the intent stays open", async (kind) => {
    const world = await rearmed(undefined, BOTH);
    world.rules.fates.push({ kind: "answered" });
    world.rules.fates.push(kind === "refused" ? { kind, code: "AccessDenied" } : { kind, lands: "never" });
    const report = await lowerPin(world.ports, world.cutover, 1);
    expect(report).toEqual({ kind: "unknown", why: expect.stringContaining(`(pin ${tls.pin.ruleArn})`) });
    expect(report).not.toMatchObject({ why: expect.stringContaining(`(pin ${http.pin.ruleArn})`) });
    expect(world.state().intent?.kind).toBe("lowerPin");
    expect(await isUp(world, tls)).toBe(true);
  });

  it.each<[string, (world: FakeWorld) => void]>([
    ["a latch", (world) => world.store.put({ ...applyLatch(world.state(), byOperator, "w"), epoch: 1 })],
    ["another epoch", (world) => put(world, { epoch: 2 })],
    [
      "another intent",
      (world) => {
        const { intent } = world.state();
        if (intent !== undefined) put(world, { intent: { ...intent, kind: "setWeight" } });
      },
    ],
    ["a tick that has settled it", (world) => settled(world)],
    ["a table that does not answer", (world) => Object.assign(world.store, { down: true })],
  ])("over %s that came while it moved", async (_, comes) => {
    const world = await rearmed();
    const movePin: GuardPorts["rules"]["movePin"] = async (...asked) => {
      const outcome = await world.rules.movePin(...asked);
      comes(world);
      return outcome;
    };
    const ports = { ...world.ports, rules: { ...world.ports.rules, movePin } };
    expect(await lowerPin(ports, ORDERS, 1)).toEqual({
      kind: "unknown",
      why: "lowered, and not recorded; the next tick settles it",
    });
    world.store.down = false;
    expect(wholeLedger(world).map(({ kind }) => kind)).not.toContain("pin-lowered");
  });
});
