import { parentPort, workerData } from "node:worker_threads";
import type { Policy } from "../../policy/policy-file.ts";
import { simulateRun } from "../../rehearsal/simulate/simulate-run.ts";
import type { Scenario } from "../../rehearsal/world/scenario.ts";
import { traitsOfScenario } from "../../rehearsal/world/traits.ts";
import { sha256 } from "../../wiring-local.ts";

/** What every run of a simulation shares. */
export interface Job {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly seed: number;
}

const job = workerData as Job;
const settings = { ...job, traitsAt: traitsOfScenario(job.scenario), digest: sha256 };

// Asked for one run at a time, so that a worker with long runs does not keep the others waiting at the end.
parentPort?.on("message", async (run: number) => {
  parentPort?.postMessage(await simulateRun(settings, run));
});
