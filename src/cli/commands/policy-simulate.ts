import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from "node:fs";
import { simulationPage } from "../../rehearsal/simulate/html/page.ts";
import { readyScenario } from "../../rehearsal/simulate/ready-scenario.ts";
import { reportOf, type SimulationReport } from "../../rehearsal/simulate/report.ts";
import { sayReport } from "../../rehearsal/simulate/say-report.ts";
import { REPORT_PARTS } from "../../rehearsal/simulate/scenario-file.ts";
import { type CommandResult, done } from "../command-result.ts";
import { refused } from "../exit.ts";
import { demandPlace } from "../report-place.ts";
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
  if (html !== undefined) checkPlace(html);
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

const PAGE_BEGINS = "<!doctype html>";

/** Whether there is something that is no page: a policy, a scenario, whatever a slip of the finger names. */
const holdsSomethingElse = (file: string): boolean =>
  existsSync(file) && statSync(file).isFile() && statSync(file).size > 0 && !beginsAsPage(file);

const beginsAsPage = (file: string): boolean => {
  const begun = Buffer.alloc(PAGE_BEGINS.length);
  const opened = openSync(file, "r");
  try {
    readSync(opened, begun, 0, begun.length, 0);
  } finally {
    closeSync(opened);
  }
  return begun.toString("latin1").toLowerCase() === PAGE_BEGINS;
};

/** @throws {CommandFailure} no page can be written there, or something else would be lost. */
const checkPlace = (file: string): void => {
  demandPlace(file);
  if (holdsSomethingElse(file))
    throw refused(
      `${file} is not written over.`,
      "It holds something that is no page, which would be lost.",
      "Name another file for the page, such as report.html.",
    );
};
