import { describe, expect, it } from "vitest";
import { ONE_ATTEMPT } from "../../../src/guard/limits.ts";
import type { StatePort } from "../../../src/guard/ports.ts";
import { rearm } from "../../../src/guard/re-arm.ts";
import { snapBack } from "../../../src/guard/snap-back.ts";
import { minuteOf } from "../../../src/kernel/units.ts";
import { type AnyWorld, DRILL, fakeWorld, ORDERS, wholeLedger } from "../../support/fake-world.ts";
import { ACCEPTED, PLAIN, plainWorld } from "../../support/plain-cutover.ts";

const MINUTES_ENOUGH = 12;
const HAND = { kind: "operator", by: "olga", reason: "to see", acceptLoss: false } as const;

const modes: readonly (readonly [name: string, make: () => AnyWorld, accepted: object])[] = [
  ["a pin", fakeWorld, {}],
  ["a rule without a pin", () => plainWorld(PLAIN["a rule without a pin"]), ACCEPTED],
  ["the default action", () => plainWorld(PLAIN["the default action"]), ACCEPTED],
];

/** Somebody gives green a share, and parks the pin where there is one. */
const giveGreen = async (world: AnyWorld, greenPercent: number): Promise<void> => {
  for (const route of ORDERS.routes) {
    const bound = world.cutover.routes.find(({ listenerArn }) => listenerArn === route.listenerArn) ?? route;
    await world.rules.writeWeights({ route: bound, greenPercent, stickySeconds: null }, [], ONE_ATTEMPT);
    if (bound.pin !== undefined) await world.rules.movePin(route, "parked", ONE_ATTEMPT);
  }
};

describe.each(modes)("traffic on green after a rollback by %s has settled", (_, make, accepted) => {
  const settled = async (): Promise<AnyWorld> => {
    const world = make();
    await world.arm();
    await world.until("10 %", () => world.state().weightPercent === 10);
    await snapBack(world.ports, world.cutover, HAND);
    await world.until("settled", () => world.state().settled !== undefined, MINUTES_ENOUGH);
    await world.minutes(6);
    return world;
  };
  const again = (world: AnyWorld) =>
    rearm(world.ports, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [], ...accepted });

  it("takes the label back, says so, and is not armed over", async () => {
    const world = await settled();
    await giveGreen(world, 20);
    await world.minute();
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().settled).toBeUndefined();
    expect(world.notify.sent.at(-1)?.body).toContain("that it settled as lossless is no longer proven");
    expect(wholeLedger(world).map(({ kind }) => kind)).toContain("unsettled");
    expect(await again(world)).toMatchObject({
      kind: "refused",
      refusals: [expect.stringContaining("the rollback is not settled")],
    });
  });

  it("settles again by what is proven since, and is armed then", async () => {
    const world = await settled();
    await giveGreen(world, 20);
    await world.minute();
    const since = world.clock.now();
    await world.until("settled again", () => world.state().settled !== undefined, MINUTES_ENOUGH);
    expect(world.state().settled?.at).toBeGreaterThan(since + 120_000);
    expect(await again(world)).toMatchObject({ kind: expect.stringMatching(/^(armed|asked)/) });
  });

  it("takes it back also where a rollback sees it before any tick does", async () => {
    const world = await settled();
    await giveGreen(world, 20);
    await snapBack(world.ports, world.cutover, HAND);
    expect(world.rules.greenPercent()).toBe(0);
    expect(world.state().settled).toBeUndefined();
  });

  it("puts no older tick over the younger one that was judged while it stood still", async () => {
    const world = await settled();
    await giveGreen(world, 20);
    let stoodStill = false;
    const state: StatePort = {
      ...{ read: world.ports.state.read, latch: world.ports.state.latch },
      transition: async (...asked) => {
        const first = !stoodStill;
        stoodStill = true;
        if (first) await world.minute();
        return world.ports.state.transition(...asked);
      },
    };
    const older = await world.minute({ ...world.ports, state });
    const younger = minuteOf(world.clock.now());
    expect(stoodStill).toBe(true);
    expect(older?.kind).toBe("dropped");
    expect(world.state().lastTick).toBe(younger);
  });

  it("takes nothing back where the pin alone is parked, or the rules cannot be read", async () => {
    const world = await settled();
    await giveGreen(world, 0);
    await world.minute();
    world.rules.describeFails = true;
    await world.minute();
    expect(world.state().settled?.label).toBe("lossless");
  });
});

describe("arming again without a pin", () => {
  it("is refused while green has a share, and does not take that away unseen", async () => {
    const world = plainWorld();
    await world.arm();
    await snapBack(world.ports, world.cutover, HAND);
    await world.until("settled", () => world.state().settled !== undefined, MINUTES_ENOUGH);
    await world.minutes(6);
    await giveGreen(world, 20);
    const options = { rehearsal: true, doctor: async () => [], ...ACCEPTED };
    expect(await rearm(world.ports, world.cutover, DRILL, "olga", options)).toMatchObject({
      kind: "refused",
      refusals: [expect.stringContaining("green has 20 %")],
    });
    expect(world.rules.greenPercent()).toBe(20);
  });
});
