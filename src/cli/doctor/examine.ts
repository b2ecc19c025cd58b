import type { TargetGroupsPort } from "../../actuation/target-groups-port.ts";
import type { CdcCheck } from "../../cdc/finding.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { FunctionsPort, GuardPorts } from "../../guard/ports.ts";
import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { AlarmMutesPort } from "../../signals/ports.ts";
import { PATIENCE_MS } from "../limits.ts";
import type { Target } from "../target.ts";
import { alarmFindings, guardAlarmArns, guardFinding, readAlarms } from "./alarms.ts";
import { cdcFindings } from "./cdc.ts";
import type { Finding } from "./finding.ts";
import { hostFindings } from "./hosts.ts";
import { loginFindings } from "./logins.ts";
import { type ListenerReads, plainFindings, routeFindings } from "./routes.ts";
import { expectedRules, functionFinding, policyFinding, readTable, tableFinding, writersFinding } from "./standing.ts";
import { targetGroupArns, targetGroupFindings } from "./target-groups.ts";

export type DoctorPorts = Pick<GuardPorts, "state" | "ledger" | "rules" | "hosts" | "alarms"> & {
  readonly functions: FunctionsPort;
  readonly mutes: AlarmMutesPort;
  readonly targetGroups: TargetGroupsPort;
  readonly checkCdc: (cutover: CutoverBindings) => Promise<CdcCheck>;
};

export interface Examined {
  readonly bindings: CutoverBindings;
  readonly policy: Policy;
  readonly target: Target;
  readonly rehearsal: boolean;
  /** Somebody accepts what a route without a pin gives up. */
  readonly withoutPin?: boolean;
}

export interface Examination {
  readonly findings: readonly Finding[];
  /** As the findings saw it. */
  readonly state: Result<CutoverState | null, OutsideFailure>;
}

/** Looks at everything that must be true before arming. Trouble is a finding, never an exception. */
export const examine = async (ports: DoctorPorts, of: Examined): Promise<Examination> => {
  const { bindings, target } = of;
  const rollbackFunction = target.env["PAWL_ROLLBACK_FUNCTION"] ?? "";
  const table = await readTable(ports, bindings.name);
  const [listeners, groups, hosts, alarms, guardAlarms, probed, cdc] = await Promise.all([
    readListeners(ports, bindings),
    ports.targetGroups.readSettings(targetGroupArns(bindings), PATIENCE_MS),
    ports.hosts.read(bindings, PATIENCE_MS),
    readAlarms(ports, bindings),
    ports.alarms.read(guardAlarmArns(bindings), PATIENCE_MS),
    ports.functions.probe(rollbackFunction, PATIENCE_MS),
    ports.checkCdc(bindings),
  ]);
  const findings = [
    policyFinding(of.policy, target, of.rehearsal),
    tableFinding(table),
    ...routeFindings(bindings, listeners, expectedRules(table)),
    ...loginFindings(bindings, listeners),
    ...plainFindings(bindings, of.withoutPin === true),
    ...targetGroupFindings(bindings, groups),
    ...hostFindings(bindings, hosts),
    ...alarmFindings(bindings, alarms, rollbackFunction),
    functionFinding(rollbackFunction, probed),
    guardFinding(guardAlarms),
    ...cdcFindings(cdc, bindings.name),
    writersFinding(bindings),
  ];
  return { findings, state: table.read };
};

/** Of the whole load balancer; where it cannot say which those are, that stands among the reads as its own trouble. */
const readListeners = async (
  { rules }: Pick<DoctorPorts, "rules">,
  { routes, loadBalancerArn }: CutoverBindings,
): Promise<ListenerReads> => {
  const listed = await rules.listListeners(loadBalancerArn, PATIENCE_MS);
  const arns = [...new Set([...routes.map(({ listenerArn }) => listenerArn), ...(listed.ok ? listed.value : [])])];
  const reads = await Promise.all(arns.map(async (arn) => [arn, await rules.readListener(arn, PATIENCE_MS)] as const));
  return new Map(listed.ok ? reads : [[loadBalancerArn, listed], ...reads]);
};
