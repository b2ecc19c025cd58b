import type { CutoverState } from "../../decision/state.ts";
import { armedAlready } from "../../guard/arm.ts";
import { rearmRefusals } from "../../guard/re-arm.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { type DoctorPorts, examine } from "../doctor/examine.ts";
import { exitCodeOf, type Finding, findingLines } from "../doctor/finding.ts";

export interface DoctorDocument {
  readonly cutover: string;
  readonly policy: string;
  /** True when nothing stands against arming, now. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
  /** Why arming is refused whatever holds: it is armed already, or cools down. */
  readonly notNow?: readonly string[];
}

/** Everything that must be true before arming, a line each. Exit code 1 where something is refused, 3 where unknown. */
export const doctorCommand = async (
  { bindings, target, ports, terminal }: CliContext<DoctorPorts>,
  options: { readonly policy: Policy; readonly rehearsal: boolean; readonly withoutPin?: boolean },
): Promise<CommandResult<DoctorDocument>> => {
  terminal.note("looking; the loop probe takes some ten seconds");
  const { findings, state } = await examine(ports, { bindings, target, ...options });
  const counted = (verdict: Finding["verdict"]): number => findings.filter((one) => one.verdict === verdict).length;
  const holds = counted("ok") === findings.length;
  const notNow = state.ok && state.value !== null ? standing(state.value, options.policy, target.now()) : [];
  const document = { cutover: bindings.name, policy: options.policy.name, findings };
  return {
    document: { ...document, ready: holds && notNow.length === 0, ...(notNow.length === 0 ? {} : { notNow }) },
    lines: [
      ...findings.flatMap(findingLines),
      holds
        ? heldLine(bindings.name, findings.length, notNow)
        : `${bindings.name} cannot be armed: ${counted("refused")} refused, ${counted("unknown")} unknown, ${counted("ok")} hold.${notNow.map((why) => ` Nor now: ${why}.`).join("")}`,
    ],
    exitCode: exitCodeOf(findings),
  };
};

/** What no finding says: a cutover that is armed, or has just gone back, is not to be armed however well all is. */
const standing = (state: CutoverState, policy: Policy, now: EpochMs): readonly string[] =>
  state.latch === undefined ? [armedAlready(state)] : rearmRefusals(state, policy, now);

const heldLine = (cutover: string, count: number, notNow: readonly string[]): string =>
  notNow.length === 0
    ? `${cutover} can be armed: all ${count} hold.`
    : `All ${count} hold; ${cutover} is not to be armed now: ${notNow.join("; ")}.`;
