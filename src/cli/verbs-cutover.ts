import type { Command } from "commander";
import { armingContext } from "./arming-context.ts";
import type { CommandResult } from "./command-result.ts";
import type { Scene } from "./context.ts";
import { given, misused } from "./exit.ts";
import { readPolicy } from "./files.ts";
import { lookingContext } from "./looking-context.ts";
import { PLAIN_MODE_GIVES_UP } from "./plain-mode.ts";
import type { GlobalOptions, Stage } from "./stage.ts";
import { addLedgerVerbs } from "./verbs-ledger.ts";

// What a verb needs is imported when it runs: `policy lint` must not wait for the AWS SDK.

interface Reasoned {
  readonly reason: string;
}
interface PolicyOptions {
  readonly policy: string;
  readonly rehearsal?: boolean;
  readonly withoutPin?: boolean;
}
interface ArmingOptions extends PolicyOptions {
  readonly again?: boolean;
  readonly acceptLateLanding?: boolean;
}

export const addCutoverVerbs = (program: Command, stage: Stage): void => {
  const { scene, settle } = stage;
  const verb = <Options>(
    name: string,
    description: string,
    run: (scene: Scene, options: Options) => Promise<CommandResult<unknown>>,
  ): Command =>
    program
      .command(`${name} [cutover]`)
      .description(description)
      .action(async (cutover: string | undefined, options: Options, command: Command) =>
        settle(await run(scene(cutover, command.optsWithGlobals<GlobalOptions>()), options)),
      );

  verb<PolicyOptions>("doctor", "everything that must be true before arming, each with its remedy", examine)
    .option("--policy <name>", "the policy it is to be armed with", "policy")
    .option("--rehearsal", "accept a drill outside a lab")
    .option("--without-pin", "as it is to be armed, where a route has no pin");
  verb<ArmingOptions>("arm", "hand the cutover to the guard", arm)
    .requiredOption("--policy <name>", "the policy file in the cutover's folder, without .json")
    .option("--again", "after a rollback that is verified and settled")
    .option("--rehearsal", "accept a drill outside a lab")
    .option("--without-pin", "a route has no pin; needs --accept-late-landing")
    .option("--accept-late-landing", "a step under way may arrive after a rollback, which is verified minutes later");
  verb("status", "where it stands, what blocks and since when, the way back", status);
  verb("explain", "why the last tick decided what it decided", explain);
  for (const [name, description] of REQUESTS)
    verb<Reasoned>(name, description, (at, { reason }) => request(at, name, reason)).requiredOption(
      "--reason <text>",
      "why, for the record",
    );
  verb<Reasoned & { readonly acceptLoss?: boolean }>("rollback", "all traffic to blue, now", rollback)
    .requiredOption("--reason <text>", "why, for the record")
    .option("--accept-loss", "also where a held rollback would lose writes");
  verb("restore", "what way back is left, and how to go it", restore);
  addLedgerVerbs(program, stage);
};

const REQUESTS = [
  ["pause", "nothing advances until resumed; rollbacks go on"],
  ["resume", "advance again when the gates pass"],
  ["approve", "let CDC be taken apart once the soak is over"],
] as const;

const examine = async (scene: Scene, { policy, rehearsal = false, withoutPin = false }: PolicyOptions) => {
  const { doctorCommand } = await import("./commands/doctor.ts");
  const read = readPolicy(scene.policiesDir, scene.bindings.name, policy, scene.target.now());
  const { context, close } = await armingContext(scene);
  return doctorCommand(context, { policy: read, rehearsal, withoutPin }).finally(close);
};

const arm = async (
  scene: Scene,
  { policy, again = false, rehearsal = false, withoutPin = false, acceptLateLanding = false }: ArmingOptions,
) => {
  if (withoutPin !== acceptLateLanding) throw halfAccepted(withoutPin);
  const { armCommand } = await import("./commands/arm.ts");
  const read = readPolicy(scene.policiesDir, scene.bindings.name, policy, scene.target.now());
  const { context, close } = await armingContext(scene);
  return armCommand(context, { policy: read, again, rehearsal, withoutPin }).finally(close);
};

const halfAccepted = (withoutPin: boolean) =>
  withoutPin
    ? misused(
        "--without-pin alone arms nothing.",
        `Without a pin something is given up: ${PLAIN_MODE_GIVES_UP}.`,
        "Say --accept-late-landing as well, or give the route a pin.",
      )
    : misused(
        "--accept-late-landing was given without --without-pin.",
        "With a pin nothing lands late.",
        "Leave it out, or say --without-pin.",
      );

const status = async (scene: Scene) =>
  (await import("./commands/status.ts")).statusCommand(await lookingContext(scene));

const explain = async (scene: Scene) =>
  (await import("./commands/explain.ts")).explainCommand(await lookingContext(scene));

const restore = async (scene: Scene) =>
  (await import("./commands/restore.ts")).restoreCommand(await lookingContext(scene));

const request = async (scene: Scene, name: "pause" | "resume" | "approve", reason: string) => {
  const { requestCommand } = await import("./commands/request.ts");
  const { requestingPorts } = await import("../wiring-cli.ts");
  const ports = requestingPorts(scene.target.env, scene.target.now);
  return requestCommand({ ...scene, ports }, name, given(reason));
};

const rollback = async (scene: Scene, { reason, acceptLoss = false }: Reasoned & { readonly acceptLoss?: boolean }) => {
  const { rollbackCommand } = await import("./commands/rollback.ts");
  const { rollbackPorts } = await import("../wiring-rollback.ts");
  const ports = rollbackPorts(scene.target.env, scene.target.now)();
  return rollbackCommand({ ...scene, ports }, { reason: given(reason), acceptLoss });
};
