import { cutovers } from "pawl:cutovers";
import { cutoverNamed } from "../src/edge/cutovers.ts";
import { parseWorkerEvent } from "../src/edge/events.ts";
import { functionShell } from "../src/edge/function-shell.ts";
import { observedInShort } from "../src/edge/observed-in-short.ts";
import { runObserve } from "../src/guard/observe.ts";
import { toIso } from "../src/kernel/instant.ts";
import { observePorts } from "../src/wiring.ts";
import { vpcSettings, withCdc } from "../src/wiring-vpc.ts";

const ports = observePorts(process.env);
const settings = vpcSettings(process.env);

/** Reads what only something inside the VPC can see, and stores it. */
export const handler = functionShell(parseWorkerEvent, async ({ cutover, tick }, telemetry) => {
  telemetry.about({ cutover, T: toIso(tick) });
  const started = ports.clock.now();
  const report = await withCdc(settings, (cdc) =>
    runObserve({ ...ports, streams: cdc.streams, drain: cdc.drain }, cutoverNamed(cutovers, cutover), tick),
  );
  telemetry.milliseconds("ObserveDurationMs", ports.clock.now() - started);
  telemetry.tell(report.kind === "failed" ? "error" : "info", "Observed.", observedInShort(report));
});
