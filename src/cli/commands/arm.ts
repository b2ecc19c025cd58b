import { type ArmPorts, arm } from "../../guard/arm.ts";
import { rearm } from "../../guard/re-arm.ts";
import { toIso } from "../../kernel/instant.ts";
import { later, MINUTE_MS, minuteOf } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { type DoctorPorts, examine } from "../doctor/examine.ts";
import { exitCodeOf, type Finding, findingLines } from "../doctor/finding.ts";
import { CommandFailure, EXIT, outside } from "../exit.ts";
import { firstRead } from "../first-read.ts";
import { PLAIN_MODE_GIVES_UP } from "../plain-mode.ts";
import { stillPaused } from "../still-paused.ts";

export interface ArmOptions {
  readonly policy: Policy;
  readonly again: boolean;
  readonly rehearsal: boolean;
  /** `--without-pin --accept-late-landing`: the operator knows what a route without a pin gives up. */
  readonly withoutPin?: boolean;
}

export interface ArmDocument {
  readonly cutover: string;
  readonly epoch: number;
  readonly policy: string;
  readonly policyDigest: string;
  readonly drill: boolean;
  readonly rollbackSafety: string;
  readonly firstTickAt: string;
}

/**
 * Hands the cutover to the guard: everything that must be true is looked at first, and nothing is written where
 * anything is not.
 * @throws {CommandFailure} with every refusal, or with what did not answer.
 */
export const armCommand = async (
  context: CliContext<ArmPorts & DoctorPorts>,
  options: ArmOptions,
): Promise<CommandResult<ArmDocument>> => {
  const { ports, bindings, target, operator, terminal } = context;
  const { policy, withoutPin = false } = options;
  const rehearsal = options.rehearsal || target.kind === "lab";
  let findings: readonly Finding[] = [];
  const doctor = async (): Promise<readonly string[]> => {
    terminal.progress("looking at everything that must be true first");
    ({ findings } = await examine(ports, { bindings, target, policy, rehearsal, withoutPin }));
    return findings.filter(({ verdict }) => verdict !== "ok").map(({ what, value }) => `${what}: ${value}`);
  };
  await firstRead(ports, bindings.name, `${bindings.name} could not be armed.`);
  const report = await (options.again ? rearm : arm)(ports, bindings, policy, operator, {
    rehearsal,
    doctor,
    ...(withoutPin ? { withoutPin: { by: operator } } : {}),
  });
  if (report.kind === "failed")
    throw outside(
      `${bindings.name} could not be armed.`,
      `${report.why}.`,
      report.unread === true
        ? `Nothing was changed. Run it again once the table answers; pawl status ${bindings.name} says where traffic is.`
        : `Run it again: that is safe, and traffic is on blue either way. pawl status ${bindings.name} says if it is armed after all.`,
    );
  if (report.kind === "unasked")
    throw outside(
      `${bindings.name} is armed again, epoch ${report.state.epoch}, and its pin is still up.`,
      `${report.why}.`,
      `Run it again within two minutes: it asks once more. Where the pin stays up, a tick latches again, as pawl status ${bindings.name} then shows. Traffic is on blue either way.`,
    );
  if (report.kind === "refused") throw refusal(bindings.name, report.refusals, findings);
  const { state } = report;
  const document: ArmDocument = {
    cutover: bindings.name,
    epoch: state.epoch,
    policy: policy.name,
    policyDigest: state.policyDigest,
    drill: state.drill,
    rollbackSafety: state.rollbackSafety.label,
    firstTickAt: toIso(later(minuteOf(ports.clock.now()), MINUTE_MS)),
  };
  return done(document, [
    `${bindings.name} is armed${options.again ? " again" : ""}: epoch ${state.epoch}, policy ${policy.name} (${state.policyDigest.slice(0, 12)})${state.drill ? ", a drill" : ""}.`,
    `  Going back would be ${state.rollbackSafety.label}. The tick of ${document.firstTickAt} judges first: pawl status ${bindings.name}.`,
    ...(state.pause === undefined ? [] : [`  It is ${stillPaused(bindings.name, state.pause)}.`]),
    ...(state.withoutPin === undefined ? [] : [`  Plain mode: ${PLAIN_MODE_GIVES_UP}.`]),
  ]);
};

/** Doctor's own lines where there are any: they say the same and more. What is unknown alone is an outside failure. */
const refusal = (cutover: string, sentences: readonly string[], findings: readonly Finding[]): CommandFailure => {
  const against = findings.filter(({ verdict }) => verdict !== "ok");
  const why = against.length === 0 ? sentences : against.flatMap(findingLines);
  return new CommandFailure(exitCodeOf(against) || EXIT.refused, {
    what: `${cutover} was not armed; nothing was changed.`,
    why: why.join("\n        "),
    next: `Do what stands above, look with pawl doctor ${cutover}, and arm it then.`,
  });
};
