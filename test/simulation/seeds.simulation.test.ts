import { describe, expect, it } from "vitest";
import { ALSO } from "./also.ts";
import keptSeeds from "./kept-seeds.json" with { type: "json" };
import { PLAIN_KINDS } from "./parameters.ts";
import { type RunOptions, runSeed } from "./run-seed.ts";
import { addOutcome, emptyTally } from "./tally.ts";
import { runAll } from "./workers.ts";

const SEEDS = 200;
const PLAIN_SEEDS = 25;
const ALSO_SEEDS = 40;
const WORKERS = 2;

describe("the guard in a bad world", () => {
  it(`keeps every promise and comes to an end, for ${SEEDS} seeds`, async () => {
    const tally = emptyTally();
    await runAll([1, SEEDS], {}, WORKERS, (outcome) => addOutcome(tally, outcome));
    expect(tally.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    // A world in which nothing ever happens proves nothing.
    expect(tally.runs).toBe(SEEDS);
    expect(tally.promotions).toBeGreaterThan(SEEDS);
    expect(tally.rollbacks).toBeGreaterThan(SEEDS / 4);
    expect(tally.rearms).toBeGreaterThan(SEEDS / 10);
    expect(tally.decommissions).toBeGreaterThan(SEEDS / 4);
    expect(tally.endings["never armed"] ?? 0).toBeLessThan(SEEDS / 20);
  }, 1_800_000);

  it("takes a cutover of two routes, one of them behind a login, all the way", async () => {
    const { parameters, promotions, decommissions } = await runSeed(9, { policy: "drill", hours: 5 });
    expect(parameters.routes).toBe(2);
    expect({ promotions, decommissions }).toEqual({ promotions: 3, decommissions: 1 });
  }, 300_000);

  it.each(keptSeeds)(
    "keeps them for seed $seed, which has broken one",
    async ({ seed, options }) => {
      expect((await runSeed(seed, options as RunOptions)).violations).toEqual([]);
    },
    300_000,
  );

  it.each(PLAIN_KINDS)(
    "keeps every promise without a pin, by %s, under D",
    async (plain) => {
      const tally = emptyTally();
      await runAll([1, PLAIN_SEEDS], { plain }, WORKERS, (outcome) => addOutcome(tally, outcome));
      expect(tally.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(tally.promotions).toBeGreaterThan(PLAIN_SEEDS);
      expect(tally.rollbacks).toBeGreaterThan(PLAIN_SEEDS / 4);
      expect(tally.rearms).toBeGreaterThan(0);
      expect(tally.decommissions).toBeGreaterThan(PLAIN_SEEDS / 4);
    },
    600_000,
  );

  it.each(ALSO)(
    "keeps every promise with %s beside",
    async (also) => {
      const tally = emptyTally();
      await runAll([1, ALSO_SEEDS], { policy: "drill", also: [also] }, WORKERS, (outcome) =>
        addOutcome(tally, outcome),
      );
      expect(tally.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(tally.promotions).toBeGreaterThan(ALSO_SEEDS);
    },
    600_000,
  );

  it("is the same to the last bit for the same seed", async () => {
    expect(await runSeed(7)).toEqual(await runSeed(7));
    expect(await runSeed(7)).not.toEqual(await runSeed(8));
  }, 300_000);

  it("goes on as it did where a kind of fault is off that never came about", async () => {
    const whole = await runSeed(7);
    const without = ["older-map", "foreign-group-deleted"].filter((kind) => whole.faults[kind] === undefined);
    const { parameters: _, ...rest } = await runSeed(7, { without });
    const { parameters: __, ...same } = whole;
    expect(rest).toEqual(same);
  }, 300_000);
});
