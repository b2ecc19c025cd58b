import { cutovers } from "pawl:cutovers";
import { answerRollback, demandVerified } from "../src/edge/answer-rollback.ts";
import { parseRollbackEvent } from "../src/edge/events.ts";
import { functionShell } from "../src/edge/function-shell.ts";
import { rollbackPorts } from "../src/wiring.ts";

const ports = rollbackPorts(process.env);

/** Sends all traffic to blue, for an alarm or for promote; or lowers the pin, for a re-arm. */
export const handler = functionShell(parseRollbackEvent, async (event, telemetry) => {
  telemetry.tell("info", "Called.", event);
  const started = ports.clock.now();
  const answers = await answerRollback(ports, cutovers, event);
  telemetry.milliseconds("RollbackDurationMs", ports.clock.now() - started);
  for (const { cutover, report } of answers) {
    telemetry.count("Rollbacks", { cutover, outcome: report.kind });
    telemetry.tell("info", "Answered.", {
      cutover,
      kind: report.kind,
      ...("why" in report ? { why: report.why } : {}),
    });
  }
  demandVerified(answers);
});
