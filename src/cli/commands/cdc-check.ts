import { STREAMS_TIMEOUT_MS } from "../../guard/limits.ts";
import type { CdcReach } from "../../wiring-cdc.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { cdcFindings } from "../doctor/cdc.ts";
import type { Finding } from "../doctor/finding.ts";
import { streamFindings } from "../doctor/streams.ts";
import { EXIT } from "../exit.ts";
import { findingLines } from "./doctor.ts";

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
  const made = await cdcFindings(ports, bindings);
  // What is refused or not there yet does not run either; saying so twenty times helps nobody.
  const complete = made.every(({ verdict }) => verdict === "ok");
  const running = complete ? streamFindings(bindings, await ports.streams.read(bindings, STREAMS_TIMEOUT_MS)) : [];
  const findings = [...made, ...running];
  const against = findings.filter(({ verdict }) => verdict !== "ok");
  return {
    document: { cutover: bindings.name, complete: against.length === 0, findings },
    lines: [
      ...findings.flatMap(findingLines),
      against.length === 0
        ? `CDC of ${bindings.name} is complete and runs both ways.`
        : `CDC of ${bindings.name}: ${against.length} of ${findings.length} do not hold.`,
    ],
    exitCode:
      against.length === 0
        ? EXIT.done
        : against.some(({ verdict }) => verdict === "refused")
          ? EXIT.refused
          : EXIT.outside,
  };
};
