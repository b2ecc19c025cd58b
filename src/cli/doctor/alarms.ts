import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { AlarmReading } from "../../signals/ports.ts";
import { type Finding, fails, holds, unread, unseen } from "./finding.ts";

type Read = Result<readonly AlarmReading[], OutsideFailure>;

const nameOf = (arn: string): string => arn.split(":alarm:")[1] ?? arn;

/** Every alarm of the cutover: there, armed, quiet, and calling pawl. */
export const alarmFindings = (cutover: CutoverBindings, read: Read, rollbackFunction: string): readonly Finding[] => {
  if (!read.ok) return [unread("alarms", read.failure, "Package and deploy the stack.")];
  const readings = read.value;
  return cutover.alarms.map(({ arn, severity }) => {
    const what = `alarm ${nameOf(arn)}`;
    const alarm = readings.find((one) => one.arn === arn);
    if (alarm === undefined)
      return fails(what, "does not exist", "Package and deploy the stack, or correct `alarms` in cutover.json.");
    return alarmFinding(what, alarm, severity, rollbackFunction);
  });
};

const alarmFinding = (what: string, alarm: AlarmReading, severity: string, rollbackFunction: string): Finding => {
  if (!alarm.actionsEnabled)
    return fails(what, "its actions are off", `aws cloudwatch enable-alarm-actions --alarm-names ${nameOf(alarm.arn)}`);
  if (!alarm.actions.some((action) => calls(action, rollbackFunction)))
    return fails(
      what,
      `its actions are ${alarm.actions.join(", ") || "none"}; none is the function ${rollbackFunction}`,
      "Add the rollback function to its alarm actions, and allow the alarm to invoke it.",
    );
  const value = `${alarm.state}, ${severity}, calls rollback`;
  if (alarm.state === "OK") return holds(what, value);
  if (alarm.state === "ALARM")
    return fails(
      what,
      `${value}: its action has fired already, and only a transition fires it again`,
      "Mend what it complains of, and wait until it is OK.",
    );
  return unseen(
    what,
    `${value}: it has not been evaluated, or its metric has no data`,
    "pawl's own treat missing data as not breaching and turn OK without traffic, some minutes after they are made; one that stays so needs TreatMissingData.",
  );
};

/** An action names the function by its ARN, maybe with a version; the setting may be a name or an ARN. */
const calls = (action: string, rollbackFunction: string): boolean => {
  const name = (arn: string): string => arn.split(":function:")[1]?.split(":")[0] ?? arn;
  return action.includes(":lambda:") && name(action) === name(rollbackFunction);
};

/** Made by the template beside every cutover's own. */
const STALEST = "pawl-stalest-cutover";

export const guardAlarmArns = ({ loadBalancerArn }: CutoverBindings): readonly string[] => {
  const [, partition, , region, account] = loadBalancerArn.split(":");
  return [`arn:${partition}:cloudwatch:${region}:${account}:alarm:${STALEST}`];
};

/**
 * The alarm on the guard itself is fed by every tick, also when nothing is active, and treats silence as breaching: while
 * it is OK, the schedule fires and the tick runs.
 */
export const guardFinding = (read: Read): Finding => {
  const what = `schedule and tick (alarm ${STALEST})`;
  if (!read.ok) return unread(what, read.failure, "Package and deploy the stack.");
  const alarm = read.value.find(({ arn }) => nameOf(arn) === STALEST);
  if (alarm === undefined) return fails(what, "does not exist", "Package and deploy the stack.");
  if (!alarm.actionsEnabled || alarm.actions.length === 0)
    return fails(what, "has no action in force", "Nobody would hear of a dead guard: enable its actions.");
  if (alarm.state === "OK") return holds(what, "OK: ticks arrive, and silence is told");
  const remedy = "Look at the schedule pawl and the log of the function tick; right after a deploy, wait two minutes.";
  return alarm.state === "ALARM"
    ? fails(what, "ALARM: no tick arrives, or a cutover is not judged", remedy)
    : unseen(what, "INSUFFICIENT_DATA: not evaluated yet", remedy);
};
