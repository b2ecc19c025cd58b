import { weightStands } from "../actuation/plan-writes.ts";
import { drillRefusals } from "../decision/rollback-drill.ts";
import { holdsInstead } from "../decision/rollback-safety.ts";
import type { CutoverState } from "../decision/state.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { AlarmSeverity, CutoverBindings } from "../signals/bindings.ts";
import type { AlarmReading } from "../signals/ports.ts";
import type { ArmPorts } from "./arm.ts";
import { READ_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import { readRoutes } from "./look.ts";

export interface DrillAlarm {
  readonly arn: string;
  readonly severity: AlarmSeverity;
}

export type DrillChecked =
  | { readonly ok: true; readonly state: CutoverState; readonly policy: Policy }
  | { readonly ok: false; readonly refusals: readonly string[] };

/**
 * Looks at everything a rehearsal of the rollback stands on: no traffic on green, by the record and by the rules; an
 * alarm that is quiet, so that it can turn; and a way back to where it began. Effects: none.
 */
export const checkDrill = async (
  ports: ArmPorts,
  cutover: CutoverBindings,
  alarm: DrillAlarm,
): Promise<DrillChecked> => {
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  if (!read.ok) return { ok: false, refusals: [`its state cannot be read: ${read.failure.message}`] };
  const state = read.value;
  if (state === null) return { ok: false, refusals: ["it was never armed: pawl arm"] };
  const [{ sights }, alarms, policy] = await Promise.all([
    readRoutes(ports, cutover),
    ports.alarms.read([alarm.arn], READ_TIMEOUT_MS),
    ports.policies.read(state.policyDigest, STATE_TIMEOUT_MS),
  ]);
  const refusals = [
    ...drillRefusals(state, ports.clock.now()),
    ...(sights.length > 0 ? [] : ["the listener's rules cannot be read"]),
    ...sights.flatMap((sight) => {
      if (sight.kind === "foreign") return [`the rules are not as bound: ${sight.why}`];
      const { pin, ruleGreenPercent } = sight.observed;
      return [
        ...(pin === "parked" || pin === "none" ? [] : [`the pin is ${pin}, it must be parked`]),
        ...(weightStands(sight.observed, 0) ? [] : [`the weighted rule gives green ${ruleGreenPercent} %`]),
      ];
    }),
    ...(alarms.ok ? quietRefusals(alarm.arn, alarms.value[0]) : [`alarms cannot be read: ${alarms.failure.message}`]),
    ...(holdsInstead({ kind: "alarm", ...alarm }, state.rollbackSafety, state.whenNotLossless)
      ? [`a rollback by this alarm would be held, not snapped: ${state.rollbackSafety.reasons.join("; ")}`]
      : []),
    ...(policy.ok ? [] : [`the policy it was armed with cannot be read: ${policy.failure.message}`]),
    ...(policy.ok && policy.value === null ? ["the policy it was armed with cannot be read: it is not there"] : []),
  ];
  return refusals.length > 0 || !policy.ok || policy.value === null
    ? { ok: false, refusals }
    : { ok: true, state, policy: policy.value };
};

const quietRefusals = (arn: string, reading: AlarmReading | undefined): readonly string[] => {
  if (reading === undefined) return [`alarm ${arn} does not exist`];
  return reading.state === "OK" ? [] : [`alarm ${arn} is ${reading.state}; only a quiet one can be seen to turn`];
};
