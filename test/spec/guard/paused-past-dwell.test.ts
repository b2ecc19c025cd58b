import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { requestPause } from "../../../src/guard/requests.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import { later, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { DRILL, type FakeWorld, fakeWorld } from "../../support/fake-world.ts";

const POLICY: Policy = {
  ...DRILL,
  steps: DRILL.steps.map((step) =>
    step.weight === 100 ? step : { ...step, maxDwell: "2h", onMaxDwell: "rollback" as const },
  ),
};

/** Held at 10 % overnight by an operator, far beyond the longest time of the step, all gates passing. */
const pausedOvernight = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm(POLICY);
  await world.until("10 %", () => world.state().weightPercent === 10);
  await requestPause(world.ports, "orders", { by: "olga", reason: "over night" });
  await world.minutes(200);
  expect(world.state().blocking.map(({ what }) => what)).toEqual(["pause"]);
  return world;
};

const unreadSnapshots = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  snapshots: { ...ports.snapshots, range: async () => outsideFailure("throttled", "Query of snapshot#") },
});

describe("a step that people hold beyond its longest time, with onMaxDwell rollback", () => {
  it.each<[string, (world: FakeWorld) => Promise<unknown>]>([
    [
      "whose metrics cannot be read",
      async (world) => {
        world.truth.metricsFail = true;
        await world.minute();
        world.truth.metricsFail = false;
      },
    ],
    ["whose snapshots cannot be read", (world) => world.minute(unreadSnapshots(world))],
    [
      "after a quarter of an hour without any",
      async (world) => world.clock.advanceTo(later(world.clock.now(), 15 * MINUTE_MS)),
    ],
  ])("stays where it is through one tick %s", async (_what, happens) => {
    const world = await pausedOvernight();
    await happens(world);
    await world.minutes(8);

    expect(world.state()).toMatchObject({ phase: "shifting", weightPercent: 10 });
    expect(world.state().blocking.map(({ what }) => what)).toEqual(["pause"]);
  });

  it("goes back once its gates have not passed for as long as pawl may be blind", async () => {
    const world = await pausedOvernight();
    world.truth.greenP99Ms = 5_000;
    await world.minutes(30);

    expect(world.state().latch?.cause).toMatchObject({ kind: "policy", rules: ["max-dwell:canary"] });
  });
});
