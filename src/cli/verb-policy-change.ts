import type { Command } from "commander";
import { misused } from "./exit.ts";
import { readPolicyAt } from "./files.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

const DIFF_HELP = `
Says what it means to go from OLD to NEW, not which characters differ: what opens earlier or later (a step, the soak's
end), what rolls back earlier or later, what is only reworded. Riskier lines come first. What neither way is proven
for is said to be so ("cannot tell"), never guessed.
With --armed the policy in force is the old one, and one file is enough.
Exit code 0 whatever differs; with --exit-code 1 where more than words does.`;

interface DiffOptions {
  readonly armed?: string;
  readonly exitCode?: boolean;
}

/** `pawl policy diff`: what a change of policy means. */
export const addDiff = (policy: Command, { scene, settle }: Stage): void => {
  policy
    .command("diff <files...>")
    .usage("[options] <old.json> <new.json>")
    .description("what changes in meaning from one policy to another, riskier changes first")
    .option("--armed <cutover>", "compare with the policy that judges this cutover now")
    .option("--exit-code", "1 where more than words differs")
    .addHelpText("after", DIFF_HELP)
    .action(async (files: readonly string[], { armed, exitCode = false }: DiffOptions, command: Command) => {
      const { armedPolicy, policyDiffCommand } = await import("./commands/policy-diff.ts");
      const [first = "", second] = files;
      if (files.length !== (armed === undefined ? 2 : 1))
        throw misused(
          `${files.length} file${files.length === 1 ? " was" : "s were"} given.`,
          armed === undefined ? "Two are compared: the old one and the new one." : "--armed is the old one.",
          "pawl policy diff <old.json> <new.json>, or pawl policy diff --armed <cutover> <new.json>.",
        );
      const fromFile = (file: string) => ({ from: file, policy: readPolicyAt(file) });
      if (armed === undefined)
        return settle(policyDiffCommand(fromFile(first), fromFile(second ?? ""), { strict: exitCode }));
      const after = fromFile(first);
      const { lookingPorts } = await import("../wiring-cli.ts");
      const at = scene(armed, command.optsWithGlobals<GlobalOptions>());
      const ports = lookingPorts(at.target.env, at.target.now);
      settle(policyDiffCommand(await armedPolicy({ ...at, ports }), after, { strict: exitCode }));
    });
};
