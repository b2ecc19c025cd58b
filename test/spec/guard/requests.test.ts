import { describe, expect, it } from "vitest";
import { type RequestPorts, requestApprove, requestPause } from "../../../src/guard/requests.ts";
import { later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld } from "../../support/fake-world.ts";

/** What an operator's machine asks with, where somebody writes between each of its first `times` reads and its write. */
const overtakenBy = (world: FakeWorld, somebody: () => Promise<unknown>, times = 1): RequestPorts => {
  let left = times;
  const { state } = world.ports;
  const transition: typeof state.transition = async (...args) => {
    if (left > 0) {
      left -= 1;
      await somebody();
    }
    return state.transition(...args);
  };
  return { ...world.ports, state: { ...state, transition } };
};

const olga = { by: "olga", reason: "a quiet day" };

const soakedWorld = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("the soak", () => world.state().soak.healthyMs >= 480_000, 60);
  return world;
};

describe("an operator's word while a tick writes", () => {
  it("is put onto what the tick left, once, and is taken by the next tick", async () => {
    const world = await soakedWorld();
    const asked = await requestApprove(
      overtakenBy(world, () => world.minute()),
      "orders",
      olga,
    );
    expect(asked.kind).toBe("accepted");
    expect(world.state().request).toMatchObject({ verb: "approve", by: "olga", epoch: 1 });
    await world.minute();
    expect(world.state().approval).toMatchObject({ by: "olga", epoch: 1 });
  });

  it("is refused for the reason that the tick brought about", async () => {
    const world = await soakedWorld();
    const breaks = async (): Promise<void> => {
      world.truth.greenErrorRatio = 0.5;
      await world.until("blue", () => world.state().phase === "rolledBack", 6);
    };
    const asked = await requestApprove(overtakenBy(world, breaks), "orders", olga);
    expect(asked).toMatchObject({ kind: "refused", why: "it was meant for epoch 1, this is 2" });
    expect(world.state().request).toBeUndefined();
  });

  it("does not take the place of what somebody else asked for meanwhile", async () => {
    const world = await soakedWorld();
    const bob = () => requestPause(world.ports, "orders", { by: "bob", reason: "lunch" });
    const asked = await requestApprove(overtakenBy(world, bob), "orders", olga);
    expect(asked).toMatchObject({ kind: "refused", why: "pause by bob is still waiting for its tick" });
    expect(world.state().request).toMatchObject({ verb: "pause", by: "bob" });
  });

  it("is refused, and nothing is put, where every try is overtaken", async () => {
    const world = await soakedWorld();
    const asked = await requestApprove(
      overtakenBy(world, () => world.minute(), 100),
      "orders",
      olga,
    );
    expect(asked).toEqual({ kind: "refused", why: "it changed while you were asking; ask again" });
    expect(world.state().request).toBeUndefined();
  });
});

describe("an operator's word from a machine whose clock is slow", () => {
  const slowBy = (world: FakeWorld, minutes: number): RequestPorts => {
    const { clock } = world.ports;
    return { ...world.ports, clock: { ...clock, now: () => later(clock.now(), -minutes * MINUTE_MS) } };
  };

  it("is taken as long as a tick can still take it", async () => {
    const world = await soakedWorld();
    expect((await requestPause(slowBy(world, 3), "orders", olga)).kind).toBe("accepted");
    await world.minute();
    expect(world.state().pause).toMatchObject({ by: "olga" });
  });

  it("is refused, and not accepted for nothing, where it would have expired before any could", async () => {
    const world = await soakedWorld();
    const asked = await requestPause(slowBy(world, 6), "orders", olga);
    expect(asked).toMatchObject({ kind: "refused", why: expect.stringContaining("set the clock, and ask again") });
    expect(world.state().request).toBeUndefined();
  });
});
