import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { simulationPage } from "../../rehearsal/simulate/html/page.ts";
import { readyScenario } from "../../rehearsal/simulate/ready-scenario.ts";
import { reportOf, type SimulationReport } from "../../rehearsal/simulate/report.ts";
import { sayReport } from "../../rehearsal/simulate/say-report.ts";
import { REPORT_PARTS } from "../../rehearsal/simulate/scenario-file.ts";
import { type CommandResult, done } from "../command-result.ts";
import { refused } from "../exit.ts";
import { simulateRuns } from "../simulate/pool.ts";
import { progressBar } from "../simulate/progress.ts";
import { readScenario } from "../simulate/read-files.ts";

export interface SimulateOptions {
  /** In place of the scenario's own. */
  readonly runs?: number;
  readonly seed?: number;
  readonly horizon?: string;
  /** Where the page goes. */
  readonly html?: string;
  readonly workers: number;
  /** A line that may be written over; without it nobody watches. */
  readonly live?: (line: string) => void;
}

const DEFAULT_RUNS = 100;
const DEFAULT_SEED = 1;

/** Simulates a scenario. Reads its files, starts threads, writes the page that is asked for and nothing else. */
export const policySimulateCommand = async (
  file: string,
  { html, workers, live, ...given }: SimulateOptions,
): Promise<CommandResult<SimulationReport>> => {
  const { written, policy, policyFile } = readScenario(file);
  // Now, and not after minutes of work.
  if (html !== undefined) checkFolder(html);
  const settings = { ...written, ...given };
  const scenario = readyScenario(settings, policy);
  const { runs = DEFAULT_RUNS, seed = DEFAULT_SEED } = settings;
  const startedAt = performance.now();
  const outcomes = await simulateRuns({ scenario, policy, seed }, runs, workers, ({ length }) =>
    live?.(progressBar(length, runs, performance.now() - startedAt)),
  );
  live?.("");
  const simulated = {
    ...{ scenario: written.name ?? file, policy: policyFile, policyName: policy.name },
    ...{ seed, runs, horizonMs: scenario.horizonMs },
  };
  const report = reportOf(simulated, policy, outcomes);
  if (html !== undefined) writePage(html, simulationPage(report, written.description ?? ""));
  return done(report, sayReport(report, written.report ?? REPORT_PARTS));
};

/** @throws {CommandFailure} it has no room, or may not be written. */
const writePage = (file: string, page: string): void => {
  try {
    writeFileSync(file, page);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw refused(`${file} cannot be written.`, `${message}.`, "Make room, or name another file, and run it again.");
  }
};

/** @throws {CommandFailure} nothing can be written there. */
const checkFolder = (file: string): void => {
  if (existsSync(dirname(file)) && !(existsSync(file) && statSync(file).isDirectory())) return;
  throw refused(
    `${file} cannot be written.`,
    existsSync(file) ? "It is a folder." : `There is no folder ${dirname(file)}.`,
    "Name a file in a folder that exists.",
  );
};
