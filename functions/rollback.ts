import { cutovers } from "pawl:cutovers";
import { answerRollback, demandDone } from "../src/edge/answer-rollback.ts";
import { parseRollbackEvent } from "../src/edge/events.ts";
import { urgentShell } from "../src/edge/urgent-shell.ts";
import { rollbackPorts } from "../src/wiring-rollback.ts";

const portsOf = rollbackPorts(process.env);

/**
 * Sends all traffic to blue, for an alarm or for promote; or lowers the pin, for a re-arm. Settings that are missing or
 * wrong hold up no call, and fail it when its work is done.
 */
export const handler = urgentShell(
  parseRollbackEvent,
  async (event, timeLeftMs) => {
    const ports = { ...portsOf(), timeLeftMs };
    const started = ports.clock.now();
    const answers = await answerRollback(ports, cutovers, event);
    return { answers, lacks: ports.lacks, tookMs: ports.clock.now() - started };
  },
  ({ answers, lacks, tookMs }, telemetry) => {
    for (const { code, message } of lacks) telemetry.tell("error", message, { code });
    telemetry.milliseconds("RollbackDurationMs", tookMs);
    for (const { cutover, report } of answers) {
      telemetry.count("Rollbacks", { cutover, outcome: report.kind });
      telemetry.tell("info", "Answered.", {
        cutover,
        kind: report.kind,
        ...("why" in report ? { why: report.why } : {}),
      });
    }
    demandDone(answers, lacks);
  },
);
