import { cutovers } from "pawl:cutovers";
import { loadBalancerActs } from "../src/decommission/load-balancer-acts.ts";
import { runDecommission } from "../src/decommission/run-decommission.ts";
import { streamActs } from "../src/decommission/stream-acts.ts";
import { cutoverNamed } from "../src/edge/cutovers.ts";
import { parseWorkerEvent } from "../src/edge/events.ts";
import { functionShell } from "../src/edge/function-shell.ts";
import { toIso } from "../src/kernel/instant.ts";
import { decommissionPorts } from "../src/wiring.ts";
import { vpcSettings, withCdc } from "../src/wiring-vpc.ts";

/** No act, and no part of one, begins with less real time left than the longest of them takes. */
const LONGEST_ACT_MS = 25_000;

const ports = decommissionPorts(process.env);
const settings = vpcSettings(process.env);

/** Takes CDC apart, one journaled act after the other. */
export const handler = functionShell(parseWorkerEvent, async ({ cutover, tick }, telemetry, remainingMs) => {
  telemetry.about({ cutover, T: toIso(tick) });
  const hasTime = () => remainingMs() > LONGEST_ACT_MS;
  const progress = await withCdc(settings, (cdc) => {
    const acts = { ...loadBalancerActs(ports), ...streamActs({ cdc: cdc.ports, drain: cdc.drain }) };
    return runDecommission({ ...ports, acts, hasTime }, cutoverNamed(cutovers, cutover));
  });
  telemetry.tell("info", "As far as it came.", progress);
});
