import { parseTickEvent } from "../src/edge/events.ts";
import { functionShell } from "../src/edge/function-shell.ts";
import { runTick } from "../src/guard/tick.ts";
import { toIso } from "../src/kernel/instant.ts";
import { tickPorts } from "../src/wiring.ts";

const ports = tickPorts(process.env);

/** Starts the workers of every active cutover. Its number is the guard's heartbeat: its absence rings, too. */
export const handler = functionShell(parseTickEvent, async ({ tick }, telemetry) => {
  telemetry.about({ T: toIso(tick) });
  const report = await runTick(ports, tick);
  if (report.stalestSeconds !== null) telemetry.seconds("StalestCutoverSeconds", report.stalestSeconds);
  telemetry.tell(report.failures.length === 0 ? "info" : "error", "The workers are started.", report);
});
