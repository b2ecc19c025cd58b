import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ORDERS } from "../support/fake-world.ts";
import { races } from "../support/races/arbitraries.ts";
import { type Raced, runRace } from "../support/races/race.ts";

const RUNS = 1_500;

describe("runs of the guard at once, in every order of their calls", () => {
  it("come to one latch, one epoch, one step, and lose nothing", async () => {
    const seen = { latched: 0, stepped: 0, armed: 0, passed: 0 };
    const count = ({ first, raced }: Raced): void => {
      if (first.latch === undefined && raced.latch !== undefined) seen.latched += 1;
      if (raced.weightPercent > first.weightPercent) seen.stepped += 1;
      if (first.latch !== undefined && raced.latch === undefined) seen.armed += 1;
      if (first.wayBack !== raced.wayBack) seen.passed += 1;
    };
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), races, async (scheduler, race) => {
        const raced = await runRace(scheduler, race, ORDERS);
        count(raced);
        expect(raced.broken).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    // Races in which nobody ever gets anywhere prove nothing.
    expect(seen.latched).toBeGreaterThan(RUNS / 5);
    expect(seen.stepped).toBeGreaterThan(RUNS / 30);
    expect(seen.armed).toBeGreaterThan(RUNS / 30);
    expect(seen.passed).toBeGreaterThan(RUNS / 100);
  }, 300_000);
});
