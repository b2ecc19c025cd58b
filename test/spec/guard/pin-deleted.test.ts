import { describe, expect, it } from "vitest";
import { snapBack } from "../../../src/guard/snap-back.ts";
import type { PinnedCutover } from "../../../src/signals/routes.ts";
import { type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";
import { BOTH, http } from "../../support/two-routes.ts";

const { pin } = http;

const at10 = async (cutover: PinnedCutover = ORDERS): Promise<FakeWorld> => {
  const world = fakeWorld(cutover);
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

const operator = { kind: "operator", by: "olga", reason: "green is bad", acceptLoss: false } as const;

/** Terraform cleans up a rule that it does not know. The way back is open by the state: this is no point of no return. */
describe("a rollback whose pin somebody has deleted before the point of no return", () => {
  it("sends everything to blue by the weights, and calls it unverified: nothing shadows a late step", async () => {
    const world = await at10();
    world.rules.remove(pin.ruleArn);
    const report = await snapBack(world.ports, world.cutover, operator);
    expect(report).toMatchObject({ kind: "unverified", why: expect.stringContaining("Somebody deleted a pin") });
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state()).toMatchObject({ wayBack: "open", latch: { mode: "snapped" } });
    expect(world.state().latch?.verifiedAt).toBeUndefined();
    expect(world.notify.sent.at(-1)?.body).not.toContain("No rule was written");
  });

  it("moves every route, whichever of the pins it was", async () => {
    const world = await at10(BOTH);
    world.rules.remove(pin.ruleArn);
    expect((await snapBack(world.ports, world.cutover, operator)).kind).toBe("unverified");
    for (const { listenerArn, weightedRuleArn, green } of BOTH.routes) {
      const read = await world.rules.readListener(listenerArn, 1_000 as never);
      const rule = read.ok ? read.value.rules.find(({ ruleArn }) => ruleArn === weightedRuleArn) : undefined;
      expect(rule?.forward?.targets.find(({ targetGroupArn }) => targetGroupArn === green)?.weight).toBe(0);
    }
  });

  it("says at every tick what has to be done, and is verified once the pin is there again", async () => {
    const world = await at10();
    const parked = await world.rules.readListener(http.listenerArn, 1_000 as never);
    const rule = parked.ok ? parked.value.rules.find(({ ruleArn }) => ruleArn === pin.ruleArn) : undefined;
    world.rules.remove(pin.ruleArn);
    await snapBack(world.ports, world.cutover, operator);
    await world.minutes(2);
    expect(world.state().blocking).toMatchObject([
      {
        what: "rollback",
        value: expect.stringContaining("deleted a pin"),
        clears: expect.stringContaining("deployed"),
      },
    ]);
    if (rule !== undefined) world.rules.add(http.listenerArn, rule);
    await world.until("verified", () => world.state().latch?.verifiedAt !== undefined, 3);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("is not called past the point of no return where the table does not answer, and is carried out by the next try", async () => {
    const world = await at10();
    world.rules.remove(pin.ruleArn);
    world.store.down = true;
    expect(await snapBack(world.ports, world.cutover, operator)).toMatchObject({
      kind: "pin-gone",
      why: expect.stringMatching(/pin .* is gone; by whose doing is not known \(the table did not answer\)/),
    });
    expect(world.rules.greenPercent()).toBe(10);
    const page = world.notify.sent.at(-1);
    expect(page?.subject).toBe("orders: a rollback found its way back gone");
    expect(`${page?.subject} ${page?.body}`).not.toContain("point of no return");
    world.store.down = false;
    await snapBack(world.ports, world.cutover, operator);
    expect(world.rules.greenPercent()).toBe(0);
  });

  it("names the routes that it has sent back before it saw that another one's pin is gone", async () => {
    const world = await at10(BOTH);
    world.rules.remove(pin.ruleArn);
    world.store.down = true;
    const report = await snapBack(world.ports, world.cutover, operator);
    const named = expect.stringContaining(`Sent to blue before that was seen: pin ${pin.ruleArn}-tls.`);
    expect(report).toMatchObject({ kind: "pin-gone", why: named });
    expect(world.notify.sent.at(-1)).toMatchObject({ body: named });
    expect(world.notify.sent.at(-1)?.body).not.toContain("No rule was written");
    const read = await world.rules.readListener(`${http.listenerArn}-tls`, 1_000 as never);
    const tls = read.ok ? read.value.rules.find(({ ruleArn }) => ruleArn === `${pin.ruleArn}-tls`) : undefined;
    expect(tls?.priority).toBe(pin.raisedPriority);
  });

  it("names them past the point of no return, too, between the deletions of two pins", async () => {
    const world = await at10(BOTH);
    world.store.put({ ...world.state(), phase: "decommissioning", wayBack: "restorable" });
    world.rules.remove(pin.ruleArn);
    world.store.fates.push("lost");
    const report = await snapBack(world.ports, world.cutover, operator);
    expect(report).toMatchObject({ kind: "no-way-back", why: expect.stringContaining(`pin ${pin.ruleArn}-tls`) });
    expect(world.notify.sent.at(-1)?.body).toContain(`pin ${pin.ruleArn}-tls`);
  });

  it("says which of them gave no answer", async () => {
    const world = await at10(BOTH);
    world.rules.remove(pin.ruleArn);
    world.store.down = true;
    const lost = { kind: "timed-out", lands: "never" } as const;
    world.rules.fates.push({ kind: "answered" }, lost, lost, lost);
    expect(await snapBack(world.ports, world.cutover, operator)).toMatchObject({
      why: expect.stringContaining(`pin ${pin.ruleArn}-tls (no answer)`),
    });
  });

  it("says that nothing was written where nothing was", async () => {
    const world = await at10();
    world.rules.remove(pin.ruleArn);
    world.store.down = true;
    const report = await snapBack(world.ports, world.cutover, operator);
    expect(report).toMatchObject({ why: expect.stringMatching(/\)\. No rule was written$/) });
  });

  it("finds out by a second try where the table was only slow", async () => {
    const world = await at10();
    world.rules.remove(pin.ruleArn);
    world.store.fates.push("lost");
    expect((await snapBack(world.ports, world.cutover, operator)).kind).toBe("unverified");
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().latch?.mode).toBe("snapped");
  });
});

describe("a cutover whose pin somebody has deleted", () => {
  it("tells of it, and at once of green that is given more over it", async () => {
    const world = await at10();
    world.rules.remove(pin.ruleArn);
    await world.minutes(2);
    expect(world.notify.sent.at(-1)?.body).toContain("the pin is gone");
    const told = world.notify.sent.length;
    await world.rules.writeWeights({ route: http, greenPercent: 40, stickySeconds: 60 }, [], {
      attempts: 1,
      timeoutMs: 1_000 as never,
    });
    await world.minutes(2);
    expect(
      world.notify.sent
        .slice(told)
        .map(({ body }) => body)
        .join(),
    ).toContain("drift:more-green: green has 40 %, recorded are 10 %, and the pin is gone");
    expect(world.state()).toMatchObject({ weightPercent: 10 });
    expect(world.state().latch).toBeUndefined();
  });
});
