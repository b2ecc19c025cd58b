import type { Command } from "commander";
import { misused } from "./exit.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

interface TestOptions {
  readonly junit?: string | true;
  readonly coverage?: true;
  readonly minCoverage?: string;
  readonly mutate?: true;
  readonly maxSurvivors?: string;
}

const HELP = `
A fixture file (policy.test.json beside policy.json) says what the signals are, minute by minute after a step was
entered, and what the guard has to decide; its schema is policies/schema/fixtures.schema.json. In a folder every policy
has to have one. Besides, evidence is taken away from a day on which a step is left: an empty snapshot, each signal
missing, not a number and stale, no traffic, no ticks. The step may not be left then, no minute of the soak may count as
healthy, and decommission may not open.
Exit code 1: a test fails or cannot be run, a policy has no tests, coverage is below --min-coverage, or more mutants
survive than --max-survivors. Both count for each policy by itself.`;

/** `pawl policy test`. */
export const addTest = (policy: Command, { settle, terminal }: Stage): void => {
  policy
    .command("test [paths...]")
    .description("run fixtures of policies, and tests of missing data that nobody has to write")
    .option("--junit [file]", "JUnit XML into a file named .xml, or without one on standard output")
    .option("--coverage", "which expressions no test shows true, false, unknown, and deciding alone")
    .option("--min-coverage <percent>", "fail below it; implies --coverage")
    .option("--mutate", "change the policy, one thing at a time, and list the changes that no test notices")
    .option("--max-survivors <number>", "fail where more changes go unnoticed; implies --mutate")
    .addHelpText("after", HELP)
    .action(async (paths: readonly string[], options: TestOptions, command: Command) => {
      const { json, policies } = command.optsWithGlobals<GlobalOptions>();
      const { junit, named } = junitFile(options.junit, paths);
      if (junit === true && json === true)
        throw misused(
          "Standard output cannot be both JSON and JUnit XML.",
          "--json and --junit both want it.",
          "Name a file: --junit report.xml.",
        );
      const minCoverage = numberOf("--min-coverage", options.minCoverage, 100);
      const maxSurvivors = numberOf("--max-survivors", options.maxSurvivors, Number.MAX_SAFE_INTEGER);
      const { policyTestCommand } = await import("./commands/policy-test.ts");
      settle(
        policyTestCommand(
          named.length === 0 ? [policies] : named,
          {
            ...{ junit, minCoverage, maxSurvivors },
            coverage: options.coverage === true || minCoverage !== null,
            mutate: options.mutate === true || maxSurvivors !== null,
          },
          terminal,
        ),
      );
    });
};

/** A bare `--junit` must not take the fixture file that follows it for its report, and write over it. */
const junitFile = (
  junit: string | true | undefined,
  paths: readonly string[],
): { readonly junit: string | true | null; readonly named: readonly string[] } => {
  const isFile = typeof junit === "string" && junit.endsWith(".xml");
  if (typeof junit !== "string" || isFile) return { junit: junit ?? null, named: paths };
  return { junit: true, named: [junit, ...paths] };
};

const numberOf = (flag: string, text: string | undefined, most: number): number | null => {
  if (text === undefined) return null;
  if (/^[0-9]{1,9}(\.[0-9]+)?$/.test(text) && Number(text) <= most) return Number(text);
  throw misused(`${flag} ${text} is no number.`, `It takes one from 0 to ${most}.`, `For example ${flag} 100.`);
};
