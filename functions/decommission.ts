import { parseWorkerEvent } from "../src/edge/events.ts";
import { functionShell } from "../src/edge/function-shell.ts";

export const handler = functionShell(parseWorkerEvent, async (event, telemetry) => {
  telemetry.tell("info", "Parsed.", event);
});
