import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { outsideFailure } from "../../../src/kernel/result.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { DRILL, type FakeWorld, fakeWorld } from "../../support/fake-world.ts";

const WATCHING: Policy = {
  ...DRILL,
  blind: { after: "10m", watch: ["green.requests", "green.healthyHosts", "reverse.lagRecords"], action: "rollback" },
};

const unreadPolicy = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  policies: { ...ports.policies, read: async () => outsideFailure("throttled", "GetItem policy") },
});

/** Minutes from when the lag of reverse went out of sight to the latch, with these ticks unable to read the policy. */
const minutesToLatch = async (unread: readonly number[]): Promise<number> => {
  const world = fakeWorld();
  await world.arm(WATCHING);
  await world.until("10 %", () => world.state().weightPercent === 10);
  world.truth.streams.set("reverse.lagRecords", null);
  for (let minute = 1; minute <= 60; minute += 1) {
    await world.minute(unread.includes(minute) ? unreadPolicy(world) : world.ports);
    if (world.state().latch !== undefined) return minute;
  }
  return Number.POSITIVE_INFINITY;
};

describe("a watched signal that is out of sight while some ticks cannot read the policy", () => {
  it("sends traffic back as soon as without them, or at the first tick that can read it", async () => {
    const usual = await minutesToLatch([]);
    expect(usual).toBeLessThanOrEqual(13);
    expect(await minutesToLatch([5, 9])).toBe(usual);
    expect(await minutesToLatch([usual, usual + 1])).toBe(usual + 2);
  });
});
