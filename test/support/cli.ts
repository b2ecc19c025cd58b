import type { TargetGroupsPort } from "../../src/actuation/target-groups-port.ts";
import type { CdcCheck } from "../../src/cdc/finding.ts";
import type { CliContext } from "../../src/cli/context.ts";
import type { CommandFailure } from "../../src/cli/exit.ts";
import { failureOf } from "../../src/cli/failures.ts";
import type { Target } from "../../src/cli/target.ts";
import type { FunctionsPort, GuardPorts } from "../../src/guard/ports.ts";
import { ok } from "../../src/kernel/result.ts";
import type { AlarmMutesPort } from "../../src/signals/ports.ts";
import { fakeTargetGroups } from "./fake-signals.ts";
import type { AnyWorld } from "./fake-world.ts";

/** An operator at a terminal in front of a fake world: everything but CDC and Lambda is the world's own. */
export interface FakeDesk {
  readonly context: CliContext<
    GuardPorts & {
      readonly functions: FunctionsPort;
      readonly mutes: AlarmMutesPort;
      readonly targetGroups: TargetGroupsPort;
      readonly checkCdc: () => Promise<CdcCheck>;
    }
  >;
  /** What commands said while they worked. */
  readonly progress: string[];
  /** What CDC's check finds; complete unless a spec says otherwise. */
  cdc: CdcCheck;
  kind: Target["kind"];
}

export const COMPLETE: CdcCheck = { ok: true, findings: [], passed: ["exactly one hop"] };

export const deskBefore = (world: AnyWorld): FakeDesk => {
  const progress: string[] = [];
  const desk: FakeDesk = {
    progress,
    cdc: COMPLETE,
    kind: "lab",
    context: {
      bindings: world.cutover,
      policiesDir: "policies",
      operator: "olga@desk",
      terminal: { note: () => {}, progress: (line) => void progress.push(line), show: () => {} },
      get target(): Target {
        const place = { account: "000000000000", region: "us-east-1" };
        const env = { PAWL_ROLLBACK_FUNCTION: "pawl-rollback" };
        return { kind: desk.kind, label: "fake", place, env, now: () => world.clock.now() };
      },
      ports: {
        ...world.ports,
        functions: { probe: async () => ok(undefined) },
        mutes: { read: async () => ok([]) },
        targetGroups: fakeTargetGroups(world.truth),
        checkCdc: async () => desk.cdc,
      },
    },
  };
  return desk;
};

/** How a command failed that was expected to. @throws {Error} it did not. */
export const failed = async (
  command: Promise<unknown>,
): Promise<Pick<CommandFailure, "exitCode" | "what" | "why" | "next">> => {
  const outcome = await command.then(
    () => null,
    (error: unknown) => failureOf(error),
  );
  if (outcome === null) throw new Error("the command was expected to fail and did not");
  if (outcome.exitCode === 4) throw new Error(outcome.stack);
  const { exitCode, what, why, next } = outcome;
  return { exitCode, what, why, next };
};
