import { describe, expect, it } from "vitest";
import { runSeed } from "./run-seed.ts";
import { addOutcome, emptyTally } from "./tally.ts";

const SEEDS = 40;

describe("the guard in a bad world", () => {
  it(`keeps every promise and comes to an end, for ${SEEDS} seeds`, async () => {
    const tally = emptyTally();
    for (let seed = 1; seed <= SEEDS; seed += 1) addOutcome(tally, await runSeed(seed));
    expect(tally.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    // A world in which nothing ever happens proves nothing.
    expect(tally.promotions).toBeGreaterThan(SEEDS);
    expect(tally.rollbacks).toBeGreaterThan(SEEDS / 4);
    expect(tally.rearms).toBeGreaterThan(SEEDS / 10);
    expect(tally.decommissions).toBeGreaterThan(SEEDS / 4);
  }, 600_000);

  it("is the same to the last bit for the same seed", async () => {
    expect(await runSeed(7)).toEqual(await runSeed(7));
    expect(await runSeed(7)).not.toEqual(await runSeed(8));
  }, 60_000);
});
