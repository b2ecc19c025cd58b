import { describe, expect, it } from "vitest";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { ok } from "../../../src/kernel/result.ts";
import { type FakeWorld, fakeWorld, wholeLedger } from "../../support/fake-world.ts";

/** Held at 10 %, with errors as usual, so that a sum knows every minute by its count. */
const pausedAt10 = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  world.truth.greenErrorRatio = 0.004;
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  world.store.put({ ...world.state(), pause: { by: "olga", reason: "to look", at: world.clock.now() } });
  await world.minutes(12);
  return world;
};

/** GetMetricData answers, but of one series with PartialData: what it holds may not be used. */
const partial = ({ ports }: FakeWorld): GuardPorts => ({
  ...ports,
  metrics: {
    read: async (...asked) => {
      const read = await ports.metrics.read(...asked);
      if (!read.ok) return read;
      return ok({
        ...read.value,
        series: read.value.series.filter(({ of, metric }) => of !== "green" || metric !== "errors5xx"),
        missing: [...read.value.missing, { what: "green.errors5xx", reason: "PartialData" }],
      });
    },
  },
});

const summed = (world: FakeWorld) => world.state().evidence;
const corrections = (world: FakeWorld) => wholeLedger(world).filter(({ detail }) => "corrections" in detail);

describe("a series that one look did not get in full", () => {
  it.each([1, 3])(
    "for %i ticks takes nothing from a proof, adds nothing to a detector, and is no news",
    async (ticks) => {
      const [whole, world] = [await pausedAt10(), await pausedAt10()];
      for (let tick = 0; tick < ticks; tick += 1) await world.minute(partial(world));
      await world.minutes(6 - ticks);
      await whole.minutes(6);

      expect(Object.keys(summed(world).gates ?? {}).length).toBeGreaterThan(0);
      expect(summed(world)).toEqual(summed(whole));
      expect(corrections(world)).toEqual([]);
      expect(corrections(whole)).toEqual([]);
    },
  );
});
