import type { Command } from "commander";
import type { CommandResult } from "./command-result.ts";
import type { CdcApplyOptions } from "./commands/cdc-apply.ts";
import type { Scene } from "./context.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

export const addCdcVerbs = (program: Command, { scene, settle }: Stage): void => {
  const cdc = program.command("cdc").description("change data capture, both ways");
  const verb = <Options>(
    name: string,
    description: string,
    run: (scene: Scene, options: Options) => Promise<CommandResult<unknown>>,
  ): Command =>
    cdc
      .command(`${name} [cutover]`)
      .description(description)
      .action(async (cutover: string | undefined, options: Options, command: Command) =>
        settle(await run(scene(cutover, command.optsWithGlobals<GlobalOptions>()), options)),
      );
  verb("plan", "every statement and connector, by the right it needs; what speaks against it", plan);
  verb("apply", "bring both streams up in start order, or mend what is missing; safe to repeat", apply).option(
    "--accept-fenced-green",
    "streams that are not seeded: also where green has users, who can then write nothing until all is proven",
  );
  verb("check", "whether CDC can carry this cutover, is complete, and runs", check);
};

const plan = async (scene: Scene) => {
  const { cdcPlanCommand } = await import("./commands/cdc-plan.ts");
  const { cdcAdminReach } = await import("../wiring-cli.ts");
  const ports = cdcAdminReach(scene.target.env, scene.target.now);
  return cdcPlanCommand({ ...scene, ports }).finally(ports.close);
};

const apply = async (scene: Scene, options: CdcApplyOptions) => {
  const { cdcApplyCommand } = await import("./commands/cdc-apply.ts");
  const { cdcAdminReach, cdcPasswords, ruleReadingPorts } = await import("../wiring-cli.ts");
  const { sha256 } = await import("../wiring-local.ts");
  const { env, now } = scene.target;
  const passwords = cdcPasswords(env);
  const reach = cdcAdminReach(env, now);
  const ports = { ...ruleReadingPorts(env, now), reach, passwords, digest: sha256 };
  return cdcApplyCommand({ ...scene, ports }, options).finally(reach.close);
};

const check = async (scene: Scene) => {
  const { cdcCheckCommand } = await import("./commands/cdc-check.ts");
  const { cdcReach } = await import("../wiring-cli.ts");
  const ports = cdcReach(scene.target.env, scene.target.now);
  return cdcCheckCommand({ ...scene, ports }).finally(ports.close);
};
