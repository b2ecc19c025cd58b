import type { Policy } from "../../policy/policy-file.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { type DoctorPorts, examine } from "../doctor/examine.ts";
import type { Finding } from "../doctor/finding.ts";
import { EXIT } from "../exit.ts";

export interface DoctorDocument {
  readonly cutover: string;
  readonly policy: string;
  /** True when nothing stands against arming. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
}

/** Everything that must be true before arming, a line each. Exit code 1 where something is refused, 3 where unknown. */
export const doctorCommand = async (
  context: CliContext<DoctorPorts>,
  options: { readonly policy: Policy; readonly rehearsal: boolean },
): Promise<CommandResult<DoctorDocument>> => {
  const { bindings, target, ports } = context;
  return doctorResult(bindings.name, options.policy, await examine(ports, { bindings, target, ...options }));
};

export const doctorResult = (
  cutover: string,
  policy: Policy,
  findings: readonly Finding[],
): CommandResult<DoctorDocument> => {
  const counted = (verdict: Finding["verdict"]): number => findings.filter((one) => one.verdict === verdict).length;
  const [refusedCount, unknownCount] = [counted("refused"), counted("unknown")];
  const ready = refusedCount + unknownCount === 0;
  return {
    document: { cutover, policy: policy.name, ready, findings },
    lines: [
      ...findings.flatMap(findingLines),
      ready
        ? `${cutover} can be armed: ${findings.length} of ${findings.length} hold.`
        : `${cutover} cannot be armed: ${refusedCount} refused, ${unknownCount} unknown, ${counted("ok")} hold.`,
    ],
    exitCode: ready ? EXIT.done : refusedCount > 0 ? EXIT.refused : EXIT.outside,
  };
};

export const findingLines = ({ verdict, what, value, remedy }: Finding): readonly string[] => [
  `${verdict.padEnd(8)} ${what}: ${value}`,
  ...(remedy === "" ? [] : [`         do: ${remedy}`]),
];
