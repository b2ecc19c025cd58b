import { describe, expect, it } from "vitest";
import { runObserve } from "../../../src/guard/observe.ts";
import { runPromote } from "../../../src/guard/promote.ts";
import { runTick } from "../../../src/guard/tick.ts";
import { type EpochMs, earlier, later } from "../../../src/kernel/units.ts";
import { type FakeWorld, fakeWorld } from "../../support/fake-world.ts";

const at10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  return world;
};

/** A schedule is late by seconds. Nothing but a hand, or a clock gone wrong, asks for a minute that has not begun. */
describe.each([
  ["that has not begun", (now: EpochMs) => later(now, 6_000)],
  ["of next year", (now: EpochMs) => later(now, 31_536_000_000)],
  ["that is more than 120 s old", (now: EpochMs) => earlier(now, 121_000)],
])("a tick of a minute %s", (_what, when) => {
  it("is neither judged nor observed, and the ones that follow are", async () => {
    const world = await at10();
    const before = world.state();
    const tick = when(world.clock.now());
    expect(await runPromote(world.ports, world.cutover, tick)).toMatchObject({ kind: "dropped" });
    expect(await runObserve(world.ports, world.cutover, tick)).toMatchObject({ kind: "dropped" });
    expect(world.state()).toEqual(before);
    await world.minute();
    expect(world.state().lastTick).toBeGreaterThan(before.lastTick ?? 0);
  });

  it("starts nobody, and leaves the heartbeat out, so that its alarm rings where it goes on", async () => {
    const world = await at10();
    const report = await runTick(world.ports, when(world.clock.now()));
    expect(report).toMatchObject({ started: [], dropped: true, stalestSeconds: null });
    expect(world.invoke.jobs).toEqual([]);
  });
});

it("a tick that is early by no more than clocks differ is served", async () => {
  const world = await at10();
  const tick = later(world.clock.now(), 4_000);
  expect(await runPromote(world.ports, world.cutover, tick)).toMatchObject({ kind: "judged" });
});
