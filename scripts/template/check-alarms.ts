import type { CutoverBindings } from "../../src/signals/bindings.ts";
import { madePrefix } from "../../src/signals/made-alarms.ts";
import { alarmArn, alarmsOf, unmakeable } from "./cutover-alarms.ts";

/**
 * What is wrong with the `alarms` of a cutover, one sentence each. The rollback function knows only the alarms that
 * are listed; one that the template makes and the list forgets would call it in vain.
 */
export const alarmFaults = (cutover: CutoverBindings): readonly string[] => {
  const file = `policies/${cutover.name}/cutover.json`;
  const unmade = unmakeable(cutover);
  if (unmade !== null) return [`${file} ${unmade}`];
  const listed = new Map(cutover.alarms.map((alarm) => [alarm.arn, alarm.severity]));
  const made = alarmsOf(cutover).map((plan) => ({ ...plan, arn: alarmArn(cutover, plan.name) }));
  const prefix = alarmArn(cutover, madePrefix(cutover.name));
  return [
    ...made
      .filter((plan) => !listed.has(plan.arn))
      .map((plan) => `${file} lacks the alarm ${plan.arn} (severity "${plan.severity}"): add it to "alarms".`),
    ...made
      .filter((plan) => plan.severity === "degraded" && listed.get(plan.arn) === "hard-down")
      .map((plan) => `${file} calls ${plan.arn} "hard-down", but green still answers when it fires: say "degraded".`),
    ...[...listed.keys()]
      .filter((arn) => arn.startsWith(prefix) && !made.some((plan) => plan.arn === arn))
      .map((arn) => `${file} lists ${arn}, which nobody makes: remove it, or name your own alarm differently.`),
    ...(listed.size < cutover.alarms.length ? [`${file} lists an alarm twice: remove one of the two.`] : []),
  ];
};
