import { parentPort } from "node:worker_threads";
import { type RunOptions, runSeed } from "./run-seed.ts";

/** Seeds to run, and what they have come to. */
export interface Batch {
  readonly seeds: readonly number[];
  readonly options: RunOptions;
}

parentPort?.on("message", async ({ seeds, options }: Batch) => {
  for (const seed of seeds) parentPort?.postMessage(await runSeed(seed, options));
  parentPort?.postMessage("done");
});
