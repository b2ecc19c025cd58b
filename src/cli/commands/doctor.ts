import type { Policy } from "../../policy/policy-file.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { type DoctorPorts, examine } from "../doctor/examine.ts";
import { exitCodeOf, type Finding, findingLines } from "../doctor/finding.ts";

export interface DoctorDocument {
  readonly cutover: string;
  readonly policy: string;
  /** True when nothing stands against arming. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
}

/** Everything that must be true before arming, a line each. Exit code 1 where something is refused, 3 where unknown. */
export const doctorCommand = async (
  { bindings, target, ports, terminal }: CliContext<DoctorPorts>,
  options: { readonly policy: Policy; readonly rehearsal: boolean; readonly withoutPin?: boolean },
): Promise<CommandResult<DoctorDocument>> => {
  terminal.note("looking; the loop probe takes some ten seconds");
  const findings = await examine(ports, { bindings, target, ...options });
  const counted = (verdict: Finding["verdict"]): number => findings.filter((one) => one.verdict === verdict).length;
  const ready = counted("ok") === findings.length;
  return {
    document: { cutover: bindings.name, policy: options.policy.name, ready, findings },
    lines: [
      ...findings.flatMap(findingLines),
      ready
        ? `${bindings.name} can be armed: all ${findings.length} hold.`
        : `${bindings.name} cannot be armed: ${counted("refused")} refused, ${counted("unknown")} unknown, ${counted("ok")} hold.`,
    ],
    exitCode: exitCodeOf(findings),
  };
};
