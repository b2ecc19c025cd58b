import { Worker } from "node:worker_threads";
import type { RunOutcome } from "../../rehearsal/simulate/run-outcome.ts";
import type { Job } from "./worker.ts";

/**
 * Simulates runs 0 to `runs` − 1, as many at once as there are workers. Which worker takes which run is left to chance
 * and changes nothing: a run depends on the job and on its own number.
 * @throws {Error} a run failed: a bug; the others are stopped.
 */
export const simulateRuns = async (
  job: Job,
  runs: number,
  workers: number,
  done: (outcomes: readonly RunOutcome[]) => void,
): Promise<readonly RunOutcome[]> => {
  const outcomes: RunOutcome[] = [];
  let next = 0;
  const serve = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const ask = (): void => {
        if (next >= runs) resolve();
        else worker.postMessage(next);
        next += 1;
      };
      worker.on("message", (outcome: RunOutcome) => {
        outcomes.push(outcome);
        done(outcomes);
        ask();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`a worker ended early, with code ${code}`)));
      ask();
    });
  const pool = Array.from({ length: Math.min(workers, runs) }, () => workerOn(job));
  try {
    await Promise.all(pool.map(serve));
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
  return outcomes;
};

const workerOn = (job: Job): Worker => new Worker(new URL("./worker.ts", import.meta.url), { workerData: job });
