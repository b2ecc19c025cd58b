import type { Command } from "commander";
import type { GlobalOptions, Stage } from "./stage.ts";

/** Verbs that read files and act on nothing: they have no target. */
export const addFileVerbs = (program: Command, { settle }: Stage): void => {
  program
    .command("policy")
    .description("policy and cutover files")
    .command("lint [paths...]")
    .description("check files, or every policy and cutover in folders; line and column of whatever is wrong")
    .action(async (paths: readonly string[], _options: object, command: Command) => {
      const { policyLintCommand } = await import("./commands/policy-lint.ts");
      const { policies } = command.optsWithGlobals<GlobalOptions>();
      settle(policyLintCommand(paths.length === 0 ? [policies] : paths));
    });
};
