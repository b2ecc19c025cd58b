import { describe, expect, it } from "vitest";
import type { OutboxEntry } from "../../../src/decision/state.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { requestApprove, requestPause, requestResume } from "../../../src/guard/requests.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { earlier, later, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";
import { awaitsApproval } from "../../support/awaits-approval.ts";
import { DRILL, type FakeWorld, fakeWorld, wholeLedger } from "../../support/fake-world.ts";

const OLGA = { by: "olga", reason: "over night" };

const at10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

const lastRecord = (world: FakeWorld) => wholeLedger(world).at(-1);
const told = (world: FakeWorld, body: RegExp): readonly NonNullable<OutboxEntry["notification"]>[] =>
  world.notify.sent.filter((one) => body.test(one.body));

/** The tick whose minute holds the request's end, run a second after that end. */
const tickAfterExpiry = async (world: FakeWorld): Promise<void> => {
  const expiresAt = world.state().request?.expiresAt ?? expect.fail();
  const tick = earlier(minuteOf(expiresAt), 0);
  world.clock.advanceTo(later(expiresAt, 1_000));
  await world.deliver({ kind: "worker", name: "promote", cutover: "orders", tick });
};

describe("what becomes of an operator's request", () => {
  it("is what the record says: one that expired within the tick's own minute was not taken", async () => {
    const world = await at10();
    world.clock.advanceTo(later(minuteOf(world.clock.now()), 28_000));
    await requestPause(world.ports, "orders", OLGA);
    await tickAfterExpiry(world);

    expect(world.state().pause).toBeUndefined();
    expect(world.state().request).toBeUndefined();
    expect(lastRecord(world)?.summary).toContain("pause by olga: refused, it has expired.");
    expect(lastRecord(world)?.detail["request"]).toBe("pause by olga: refused, it has expired");
    expect(told(world, /pause by olga: refused/)).toMatchObject([{ urgency: "page" }]);
  });

  it("does not keep people from hearing that the soak is over, which is said once", async () => {
    const probe = await at10();
    const minutes = await probe.until("the soak", () => awaitsApproval(probe), 90);
    const world = await at10();
    await world.minutes(minutes - 1);
    const { request: _none, ...state } = world.state();
    const at = world.clock.now();
    const stale = {
      ...OLGA,
      verb: "pause",
      epoch: 0,
      version: state.version,
      at,
      expiresAt: later(at, MINUTE_MS),
    } as const;
    world.store.put({ ...state, version: state.version + 1, request: stale });

    await world.minute();

    expect(awaitsApproval(world)).toBe(true);
    expect(told(world, /pause by olga: refused.*\nEverything but an approval is there/)).toHaveLength(1);
  });

  it("is in the record of the tick that takes it, and nobody is told", async () => {
    const world = await at10();
    await requestPause(world.ports, "orders", OLGA);
    await world.minute();

    expect(world.state().pause).toMatchObject(OLGA);
    expect(lastRecord(world)?.detail["request"]).toBe("pause by olga: taken (over night)");
    expect(told(world, /pause by olga/)).toEqual([]);
  });

  it("is in the record of the tick that advances, and told where it was refused", async () => {
    const world = await at10();
    const isFree = () => world.state().blocking.length === 0 || world.state().weightPercent > 10;
    for (let left = 60; left > 0; left -= 1) {
      const before = world.store.of("orders");
      const request = { ...OLGA, verb: "pause", epoch: 1, version: before.version } as const;
      const [at, expiresAt] = [earlier(world.clock.now(), 2 * MINUTE_MS), earlier(world.clock.now(), MINUTE_MS)];
      world.store.put({ ...before, request: { ...request, at, expiresAt } });
      world.notify.sent.length = 0;
      await world.minute();
      if (isFree()) break;
    }

    expect(world.state().weightPercent).toBe(50);
    const advanced = wholeLedger(world).findLast(({ kind }) => kind === "advance");
    expect(advanced?.summary).toContain("pause by olga: refused, it has expired");
    expect(advanced?.detail["request"]).toBe("pause by olga: refused, it has expired");
    await world.minute();
    expect(told(world, /pause by olga: refused, it has expired\. It goes on: 10 % → 50 %/)).toHaveLength(1);
  });

  it("is in the record of a tick under a latch, and told", async () => {
    const world = fakeWorld();
    await world.arm();
    await world.until("the soak", () => world.state().phase === "soaking", 200);
    await requestApprove(world.ports, "orders", OLGA);
    world.truth.greenErrorRatio = 0.9;
    await world.until("a latch", () => world.state().latch !== undefined, 8);
    const request = { ...OLGA, verb: "approve", epoch: 1, version: 1, at: world.clock.now() } as const;
    world.store.put({ ...world.state(), request: { ...request, expiresAt: later(world.clock.now(), 300_000) } });
    await world.minute();

    const why = "approve by olga: refused, it was meant for epoch 1, this is 2";
    expect(wholeLedger(world).filter(({ detail }) => detail["request"] === why)).toHaveLength(1);
    expect(lastRecord(world)?.summary).toContain(why);
    expect(told(world, /approve by olga: refused/)).toMatchObject([{ urgency: "page" }]);
  });

  it("is refused and told where the cutover was armed again before a tick could take it; a pause that stood stands", async () => {
    const world = await at10();
    await requestPause(world.ports, "orders", OLGA);
    await world.minute();
    await snapBack(world.ports, world.cutover, { kind: "operator", by: "ada", reason: "to see", acceptLoss: false });
    await world.until("settled", () => world.state().settled !== undefined, 12);
    await world.minutes(6);
    await requestResume(world.ports, "orders", { by: "bob", reason: "morning" });
    const options = { rehearsal: true, doctor: async () => [] };
    expect(await rearm(world.ports, world.cutover, DRILL, "ada", options)).toMatchObject({ kind: "armed" });
    await world.minute();

    expect(world.state()).toMatchObject({ epoch: 3, phase: "armed", pause: OLGA });
    expect(world.state().request).toBeUndefined();
    expect(told(world, /resume by bob: refused, it was meant for epoch 2, this is 3/)).toMatchObject([
      { urgency: "page" },
    ]);
  });
});
