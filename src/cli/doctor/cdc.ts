import { loopProbe } from "../../cdc/loop-probe.ts";
import { planCdc } from "../../cdc/plan.ts";
import { readCdcFacts } from "../../cdc/read-facts.ts";
import { remainingOf } from "../../cdc/remaining.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { CdcReach } from "../../wiring-cdc.ts";
import { type Finding, fails, holds, unread } from "./finding.ts";

const REACH = "Find out whether Kafka, Kafka Connect and both databases can be reached from here, and as whom.";

/**
 * What CDC is made of: nothing that cannot be carried, nothing that `cdc apply` would still do, and exactly one hop.
 * Effects: adds some tokens, by the loop probe, where everything before it holds.
 */
export const cdcFindings = async (reach: CdcReach, cutover: CutoverBindings): Promise<readonly Finding[]> => {
  const facts = await readCdcFacts(reach.ports, cutover, reach.addresses);
  if (!facts.ok) return [unread("cdc", facts.failure, REACH)];
  const plan = planCdc(cutover, facts.value);
  const refusals = plan.refusals.map(({ name, what, remedy, statements = [] }) =>
    fails(`cdc ${name}`, what, [remedy, ...statements.map(({ side, sql }) => `On ${side}: ${sql}`)].join(" ")),
  );
  if (refusals.length > 0) return refusals;
  const left = await remainingOf(reach.ports, facts.value, plan);
  if (!left.ok) return [unread("cdc", left.failure, REACH)];
  const missing = left.value.map(({ what, why }) =>
    fails("cdc", `${what}: ${why}`, `Run pawl cdc apply ${cutover.name}.`),
  );
  if (missing.length > 0) return missing;
  return [
    holds("cdc", "roles, origins, guards, publications, topics and connectors are as planned"),
    await hop(reach, cutover),
  ];
};

const hop = async (reach: CdcReach, cutover: CutoverBindings): Promise<Finding> => {
  const probe = await loopProbe(reach.ports, reach.drain, cutover, false);
  if (!probe.ok)
    return unread("loop probe", probe.failure, "Find out what keeps the streams from draining, and run it again.");
  const seen = probe.value.probes
    .map(({ direction, atMost, grown }) => `${direction} ${grown} of ${atMost} tokens`)
    .join(", ");
  return probe.value.oneHop
    ? holds("loop probe", `one hop each way (${seen})`)
    : fails(
        "loop probe",
        `what is written comes back, or arrives twice (${seen})`,
        "Stop both sources: pawl cdc check, and look at publications and origins.",
      );
};
