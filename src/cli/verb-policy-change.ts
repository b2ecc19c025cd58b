import type { Command } from "commander";
import { given, misused } from "./exit.ts";
import { readPolicyAt, readSoundPolicyAt } from "./files.ts";
import { lookingContext } from "./looking-context.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

const DIFF_HELP = `
Says what it means to go from OLD to NEW, not which characters differ: what opens earlier or later (a step, the soak's
end), what rolls back earlier or later, what is only reworded. Riskier lines come first. What neither way is proven
for is said to be so ("cannot tell"), never guessed.
With --armed the policy in force is the old one, and one file is enough.
Of no direction ("neutral") are words and names, a rule that is written otherwise and comes to the same, and settings
such as when somebody is called and what traffic is expected.
Exit code 0 whatever differs; with --exit-code 1 where more than words does, such a setting too.`;

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
      const at = await lookingContext(scene(armed, command.optsWithGlobals<GlobalOptions>()));
      settle(policyDiffCommand(await armedPolicy(at), after, { strict: exitCode }));
    });
};

/** `pawl policy publish`: into the table, by digest. */
export const addPublish = (policy: Command, { target, settle }: Stage): void => {
  policy
    .command("publish <file>")
    .description("store a policy that lint has nothing against by its digest, for adopt; changes no cutover")
    .action(async (file: string, _options: object, command: Command) => {
      const { policyPublishCommand } = await import("./commands/policy-publish.ts");
      const { publishingPorts } = await import("../wiring-cli.ts");
      const { env, now } = target(command.optsWithGlobals<GlobalOptions>());
      const read = readSoundPolicyAt(file, now());
      settle(await policyPublishCommand(publishingPorts(env, now), file, read));
    });
};

const ADOPT_HELP = `
POLICY is a file, or the digest of a published policy; it has to be published either way. The next tick takes the
request, and it takes over before the first step, when the next step is committed, or in the soak, whose clock then
starts again. With --restart-step it takes over at once and the step under way begins again: dwell and evidence count
from zero. Until then the policy in force judges. A rollback drops what waits; adopting the policy in force withdraws it.
Refused: latched, decommissioning or complete; other weights up to where it takes over; a drill for one that is none, or
the other way round.`;

interface AdoptOptions {
  readonly reason: string;
  readonly restartStep?: boolean;
}

/** `pawl policy adopt`: a request to the guard. */
export const addAdopt = (policy: Command, { scene, settle }: Stage): void => {
  policy
    .command("adopt <cutover> <policy>")
    .description("let a published policy take over a cutover that is under way, at a step's boundary")
    .requiredOption("--reason <text>", "why, for the record")
    .option("--restart-step", "at once, and the step under way begins again")
    .addHelpText("after", ADOPT_HELP)
    .action(async (cutover: string, named: string, options: AdoptOptions, command: Command) => {
      const { policyAdoptCommand } = await import("./commands/policy-adopt.ts");
      const { requestingPorts } = await import("../wiring-cli.ts");
      const at = scene(cutover, command.optsWithGlobals<GlobalOptions>());
      const ports = requestingPorts(at.target.env, at.target.now);
      const { restartStep = false } = options;
      settle(await policyAdoptCommand({ ...at, ports }, { policy: named, reason: given(options.reason), restartStep }));
    });
};
