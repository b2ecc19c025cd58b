import { cutovers } from "pawl:cutovers";
import { answerRollback, demandVerified } from "../src/edge/answer-rollback.ts";
import { parseRollbackEvent } from "../src/edge/events.ts";
import { urgentShell } from "../src/edge/urgent-shell.ts";
import { rollbackPorts } from "../src/wiring-rollback.ts";

const portsOf = rollbackPorts(process.env);

/** Sends all traffic to blue, for an alarm or for promote; or lowers the pin, for a re-arm. */
export const handler = urgentShell(
  parseRollbackEvent,
  async (event) => {
    const ports = portsOf();
    const started = ports.clock.now();
    const answers = await answerRollback(ports, cutovers, event);
    return { answers, tookMs: ports.clock.now() - started };
  },
  ({ answers, tookMs }, telemetry) => {
    telemetry.milliseconds("RollbackDurationMs", tookMs);
    for (const { cutover, report } of answers) {
      telemetry.count("Rollbacks", { cutover, outcome: report.kind });
      telemetry.tell("info", "Answered.", {
        cutover,
        kind: report.kind,
        ...("why" in report ? { why: report.why } : {}),
      });
    }
    demandVerified(answers);
  },
);
