import { describe, expect, it } from "vitest";
import { durationMs, MINUTE_MS } from "../../src/kernel/units.ts";
import { pinnedRoutes } from "../../src/signals/routes.ts";
import { armedWorld, ONCE } from "./armed-world.ts";
import type { Back } from "./world/run.ts";
import type { World, WorldPorts } from "./world/world.ts";

/** A run that an alarm's event has called. */
const called = async (world: World, back: Back, work: (ports: WorldPorts) => Promise<unknown>) => {
  world.launch("rollback", null, work, back);
  await world.time.runTo(world.time.now() + MINUTE_MS);
};

const alarmIn = ({ cutover, time }: World) => ({ arn: cutover.alarms[0]?.arn ?? "", at: time.now() });

describe("each checker of alarms fails on a history that breaks its promise", () => {
  it("P2: an alarm that was delivered, and that the run it called did nothing about", async () => {
    const { world, says } = await armedWorld();
    await world.time.runTo(world.time.now() + MINUTE_MS);
    const calls = [alarmIn(world)];
    await called(world, { by: "alarm", calls, isStrange: false }, async () => {});
    expect(says("P2")).toEqual([`${calls[0]?.arn} was delivered in ALARM, and nobody went back for it`]);
  });

  it("says nothing of one of before arming", async () => {
    const { world, broken } = await armedWorld();
    const calls = [{ ...alarmIn(world), at: world.time.now() - 10 * MINUTE_MS }];
    await called(world, { by: "alarm", calls, isStrange: false }, async () => {});
    expect(broken).toEqual([]);
  });

  it("P8: what nobody can answer passes for answered, or moves something", async () => {
    const { world, says } = await armedWorld();
    const strange: Back = { by: "alarm", calls: [], isStrange: true };
    await called(world, strange, async ({ rules, clock }) => {
      for (const route of pinnedRoutes(world.cutover)) await rules.movePin(route, "raised", ONCE);
      await clock.sleep(durationMs(10));
    });
    expect(says("P8")).toEqual([
      "pin-up was asked for by a run that no alarm of the cutover had called",
      "an event held what nobody can answer, and its invocation passed for a good one",
    ]);
  });
});

describe("the function of the simulation", () => {
  it("goes back once for two records of one event", async () => {
    const { world, broken } = await armedWorld();
    const { arn } = world.alarms.setOff();
    world.enqueue({ kind: "alarms", changes: [{ arn, at: world.time.now() }, alarmIn(world)] });
    await world.time.runTo(world.time.now() + MINUTE_MS);
    expect(world.state()?.latch?.cause).toMatchObject({ kind: "alarm" });
    expect(world.told.map(({ subject }) => subject)).toEqual(["orders: all traffic is on blue"]);
    expect(broken).toEqual([]);
  });

  it("moves nothing for what it cannot answer, and fails, each of the three times that Lambda tries", async () => {
    const { world, broken, ended } = await armedWorld();
    for (let sent = 0; sent < 10; sent += 1) world.enqueue({ kind: "stranger" });
    await world.time.runTo(world.time.now() + 4 * MINUTE_MS);
    const strange = ended.filter(({ back }) => back?.by === "alarm" && back.isStrange);
    expect(new Set(strange.map(({ failed }) => failed))).toEqual(new Set(["event-malformed", "alarm-unknown"]));
    expect(strange.length % 3).toBe(0);
    expect(world.state()).not.toHaveProperty("latch");
    expect(broken).toEqual([]);
  });
});
