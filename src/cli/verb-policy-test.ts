import type { Command } from "commander";
import { misused } from "./exit.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

interface TestOptions {
  readonly junit?: string | true;
}

/** `pawl policy test`. */
export const addTest = (policy: Command, { settle }: Stage): void => {
  policy
    .command("test [paths...]")
    .description(
      "run fixtures (policy.test.json beside policy.json), and tests of missing data that nobody has to write",
    )
    .option("--junit [file]", "JUnit XML into a file named .xml, or without one on standard output")
    .action(async (paths: readonly string[], options: TestOptions, command: Command) => {
      const { policyTestCommand } = await import("./commands/policy-test.ts");
      const { json, policies } = command.optsWithGlobals<GlobalOptions>();
      const { junit, named } = junitFile(options.junit, paths);
      if (junit === true && json === true)
        throw misused(
          "Standard output cannot be both JSON and JUnit XML.",
          "--json and --junit both want it.",
          "Name a file: --junit report.xml.",
        );
      settle(policyTestCommand(named.length === 0 ? [policies] : named, { junit }));
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
