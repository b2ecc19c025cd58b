import { Worker } from "node:worker_threads";
import type { RunOptions, SeedOutcome } from "./run-seed.ts";
import type { Batch } from "./worker.ts";

const BATCH = 8;

/** Runs every seed of [from, to], so many at a time; tells of each as it ends, in no particular order. */
export const runAll = async (
  [from, to]: readonly [number, number],
  options: RunOptions,
  workers: number,
  told: (outcome: SeedOutcome) => void,
): Promise<void> => {
  let next = from;
  const take = (): Batch | null => {
    if (next > to) return null;
    const seeds = Array.from({ length: Math.min(BATCH, to - next + 1) }, (_, index) => next + index);
    next += seeds.length;
    return { seeds, options };
  };
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url));
      const feed = (): void => {
        const batch = take();
        if (batch === null) void worker.terminate().then(() => resolve());
        else worker.postMessage(batch);
      };
      worker.on("message", (message: SeedOutcome | "done") => (message === "done" ? feed() : told(message)));
      worker.once("error", reject);
      feed();
    });
  await Promise.all(Array.from({ length: workers }, lane));
};
