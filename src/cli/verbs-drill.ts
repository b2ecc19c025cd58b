import type { Command } from "commander";
import { armingContext } from "./arming-context.ts";
import type { GlobalOptions, Stage } from "./stage.ts";

interface DrillFlags {
  readonly alarm?: string;
  readonly minutes: string;
}

/** `pawl drill <what>`. */
export const addDrillVerbs = (program: Command, { scene, settle }: Stage): void => {
  program
    .command("drill")
    .description("rehearse, for real, what has to work when it is needed")
    .command("rollback [cutover]")
    .description(
      "from an alarm to the verified pin and back to armed, timed; armed, at weight 0, before the first step",
    )
    .option("--alarm <name>", "the alarm to set; the cutover's first where left out")
    .option("--minutes <n>", "how long each link may take", "3")
    .action(async (cutover: string | undefined, { alarm, minutes }: DrillFlags, command: Command) => {
      const { drillRollbackCommand, minutesGiven } = await import("./commands/drill-rollback.ts");
      const { drillingPorts } = await import("../wiring-cli.ts");
      const withinMs = minutesGiven(minutes);
      const { context, close } = await armingContext(scene(cutover, command.optsWithGlobals<GlobalOptions>()));
      const { env, now } = context.target;
      const ports = { ...context.ports, ...drillingPorts(env, now), streams: context.ports.streams };
      const options = { withinMs, ...(alarm === undefined ? {} : { alarm }) };
      settle(await drillRollbackCommand({ ...context, ports }, options).finally(close));
    });
};
