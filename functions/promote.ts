import { cutovers } from "pawl:cutovers";
import { cutoverNamed } from "../src/edge/cutovers.ts";
import { parseWorkerEvent } from "../src/edge/events.ts";
import { functionShell } from "../src/edge/function-shell.ts";
import { runPromote } from "../src/guard/promote.ts";
import { toIso } from "../src/kernel/instant.ts";
import { promotePorts } from "../src/wiring.ts";

const ports = promotePorts(process.env);

/** Judges one tick of one cutover, and moves it one step at most. */
export const handler = functionShell(parseWorkerEvent, async ({ cutover, tick }, telemetry) => {
  telemetry.about({ cutover, T: toIso(tick) });
  const started = ports.clock.now();
  const report = await runPromote(ports, cutoverNamed(cutovers, cutover), tick);
  telemetry.milliseconds("TickDurationMs", ports.clock.now() - started);
  telemetry.count("Decisions", { cutover, decision: report.kind === "judged" ? report.decision : report.kind });
  telemetry.tell(report.kind === "failed" ? "error" : "info", "The tick is over.", report);
});
