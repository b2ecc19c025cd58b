import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { horizonProblem } from "../rehearsal/simulate/load-scenario.ts";
import { HARMED } from "../rehearsal/simulate/say-report.ts";
import { misused } from "./exit.ts";
import type { Stage } from "./stage.ts";

interface SimulateWords {
  readonly runs?: string;
  readonly seed?: string;
  readonly horizon?: string;
  readonly html?: string;
  readonly workers?: string;
}

const HELP = `
A scenario says what users, both sides, the streams and the telemetry are like; its schema, policies/schema/scenario.schema.json,
says what may stand in it, and policies/scenarios holds some. Each run is one cutover by the guard's own loop on a virtual
clock, from arming until decommission begins, traffic is back on blue, or the horizon is reached. The same seed gives the
same report, whatever the number of workers.
Requests harmed are ${HARMED};
slow answers are none of them, and without a healthy host a side fails as often as its errorRate and refusedRate say.`;

const MOST_RUNS = 100_000;
const MOST_SEED = 4_294_967_295;
const MOST_WORKERS = 64;

/** `pawl policy simulate`. */
export const addSimulate = (policy: Command, { settle, live }: Stage): void => {
  policy
    .command("simulate <scenario>")
    .description("what becomes of many cutovers under a policy, in a world that a scenario describes")
    .option("--runs <number>", "how many cutovers, in place of the scenario's number")
    .option("--seed <number>", "in place of the scenario's")
    .option("--horizon <duration>", "how long a run may last, such as 48h, in place of the scenario's")
    .option("--html <file>", "write a page with plots: one file, nothing to be loaded from elsewhere")
    .option("--workers <number>", "threads (default: one for each core)")
    .addHelpText("after", HELP)
    .action(async (scenario: string, words: SimulateWords) => {
      const { policySimulateCommand } = await import("./commands/policy-simulate.ts");
      const { runs, seed, workers, horizon, html } = words;
      settle(
        await policySimulateCommand(scenario, {
          ...(runs === undefined ? {} : { runs: numberOf("--runs", runs, 1, MOST_RUNS) }),
          ...(seed === undefined ? {} : { seed: numberOf("--seed", seed, 0, MOST_SEED) }),
          ...(horizon === undefined ? {} : { horizon: horizonOf(horizon) }),
          ...(html === undefined ? {} : { html }),
          ...(live === undefined ? {} : { live }),
          workers: workers === undefined ? availableParallelism() : numberOf("--workers", workers, 1, MOST_WORKERS),
        }),
      );
    });
};

const numberOf = (flag: string, text: string, least: number, most: number): number => {
  const number = /^[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw misused(
    `"${text}" is no number for ${flag}.`,
    `${flag} takes a whole number from ${least} to ${most}.`,
    `Give for example ${flag} ${Math.max(least, 2)}.`,
  );
};

const horizonOf = (text: string): string => {
  const problem = horizonProblem(text);
  if (problem === null) return text;
  throw misused(`${problem}.`, "--horizon says how long a run may last.", "Give for example --horizon 48h.");
};
