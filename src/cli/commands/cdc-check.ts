import { checkCdc } from "../../cdc/check-running.ts";
import type { CdcReach } from "../../wiring-cdc.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { cdcFindings } from "../doctor/cdc.ts";
import { exitCodeOf, type Finding, findingLines } from "../doctor/finding.ts";
import { EXIT } from "../exit.ts";

export interface CdcCheckDocument {
  readonly cutover: string;
  readonly complete: boolean;
  readonly findings: readonly Finding[];
}

/** Whether CDC can carry this cutover, is complete, and runs. Effects: some tokens, by the loop probe. */
export const cdcCheckCommand = async ({
  ports,
  bindings,
}: CliContext<CdcReach>): Promise<CommandResult<CdcCheckDocument>> => {
  const checked = await checkCdc(ports.ports, ports.streams, ports.drain, bindings, ports.addresses);
  const findings = cdcFindings(checked, bindings.name);
  const exitCode = exitCodeOf(findings);
  return {
    document: { cutover: bindings.name, complete: exitCode === EXIT.done, findings },
    lines: [
      ...findings.flatMap(findingLines),
      exitCode === EXIT.done
        ? `CDC of ${bindings.name} is complete and runs both ways.`
        : `CDC of ${bindings.name} is not complete: see what is not ok above.`,
    ],
    exitCode,
  };
};
