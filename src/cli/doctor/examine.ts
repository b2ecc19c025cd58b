import { READ_TIMEOUT_MS, STREAMS_TIMEOUT_MS } from "../../guard/limits.ts";
import type { FunctionsPort, GuardPorts } from "../../guard/ports.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { Target } from "../target.ts";
import { alarmFindings, guardAlarmArns, guardFinding } from "./alarms.ts";
import type { Finding } from "./finding.ts";
import { hostFindings } from "./hosts.ts";
import { routeFindings } from "./routes.ts";
import { expectedRules, functionFinding, policyFinding, tableFinding, writersFinding } from "./standing.ts";
import { streamFindings } from "./streams.ts";

export type DoctorPorts = Pick<GuardPorts, "state" | "rules" | "hosts" | "alarms" | "streams"> & {
  readonly functions: FunctionsPort;
  /** What CDC is made of; see `cdcFindings`. */
  readonly examineCdc: (cutover: CutoverBindings) => Promise<readonly Finding[]>;
};

export interface Examined {
  readonly bindings: CutoverBindings;
  readonly policy: Policy;
  readonly target: Target;
  readonly rehearsal: boolean;
}

/** Looks at everything that must be true before arming. Trouble is a finding, never an exception. */
export const examine = async (ports: DoctorPorts, of: Examined): Promise<readonly Finding[]> => {
  const { bindings, target } = of;
  const rollbackFunction = target.env["PAWL_ROLLBACK_FUNCTION"] ?? "";
  const state = await ports.state.read(bindings.name, READ_TIMEOUT_MS);
  const [listeners, hosts, alarms, guardAlarms, probed, observations] = await Promise.all([
    readListeners(ports, bindings),
    ports.hosts.read(bindings, READ_TIMEOUT_MS),
    ports.alarms.read(
      bindings.alarms.map(({ arn }) => arn),
      READ_TIMEOUT_MS,
    ),
    ports.alarms.read(guardAlarmArns(bindings), READ_TIMEOUT_MS),
    ports.functions.probe(rollbackFunction, READ_TIMEOUT_MS),
    ports.streams.read(bindings, STREAMS_TIMEOUT_MS),
  ]);
  // After the streams: both look at the same databases, one connection each.
  const cdc = await ports.examineCdc(bindings);
  return [
    policyFinding(of.policy, target, of.rehearsal),
    tableFinding(state),
    ...routeFindings(bindings, listeners, expectedRules(state.ok ? state.value : null)),
    ...hostFindings(bindings, hosts),
    ...alarmFindings(bindings, alarms, rollbackFunction),
    functionFinding(rollbackFunction, probed),
    guardFinding(guardAlarms),
    ...cdc,
    ...streamFindings(bindings, observations),
    writersFinding(bindings),
  ];
};

const readListeners = async ({ rules }: Pick<DoctorPorts, "rules">, { routes }: CutoverBindings) => {
  const arns = [...new Set(routes.map(({ listenerArn }) => listenerArn))];
  const reads = await Promise.all(
    arns.map(async (arn) => [arn, await rules.readListener(arn, READ_TIMEOUT_MS)] as const),
  );
  return new Map(reads);
};
