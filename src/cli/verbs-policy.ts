import type { Command } from "commander";
import type { GlobalOptions, Stage } from "./stage.ts";

/** `pawl policy <verb>`. Those that only read files act on nothing and have no target. */
export const addPolicyVerbs = (program: Command, stage: Stage): void => {
  const policy = program.command("policy").description("policy and cutover files");
  addLint(policy, stage);
};

const addLint = (policy: Command, { settle }: Stage): void => {
  policy
    .command("lint [paths...]")
    .description("check files, or every policy and cutover in folders; line and column of whatever is wrong")
    .action(async (paths: readonly string[], _options: object, command: Command) => {
      const { policyLintCommand } = await import("./commands/policy-lint.ts");
      const { policies } = command.optsWithGlobals<GlobalOptions>();
      settle(policyLintCommand(paths.length === 0 ? [policies] : paths));
    });
};
