import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { alarmName } from "../../signals/made-alarms.ts";
import type { AlarmMutesPort, AlarmReading, AlarmsPort } from "../../signals/ports.ts";
import { PATIENCE_MS } from "../limits.ts";
import { quoted } from "../quoted.ts";
import { type Finding, fails, holds, unread, unseen } from "./finding.ts";

type Read = Result<readonly AlarmReading[], OutsideFailure>;

/** The alarms of a cutover, and what silences them. */
export interface AlarmsRead {
  readonly alarms: Read;
  readonly mutes: Awaited<ReturnType<AlarmMutesPort["read"]>>;
}

export const readAlarms = async (
  ports: { readonly alarms: AlarmsPort; readonly mutes: AlarmMutesPort },
  cutover: CutoverBindings,
): Promise<AlarmsRead> => {
  const arns = cutover.alarms.map(({ arn }) => arn);
  const [alarms, mutes] = await Promise.all([
    ports.alarms.read(arns, PATIENCE_MS),
    ports.mutes.read(arns, PATIENCE_MS),
  ]);
  return { alarms, mutes };
};

/** Every alarm of the cutover: there, armed, quiet, calling pawl, and silenced by nothing. */
export const alarmFindings = (
  cutover: CutoverBindings,
  { alarms, mutes }: AlarmsRead,
  rollbackFunction: string,
): readonly Finding[] => {
  if (!alarms.ok) return [unread("alarms", alarms.failure, "Package and deploy the stack.")];
  const findings = cutover.alarms.map(({ arn, severity }) => {
    const what = `alarm ${alarmName(arn)}`;
    const alarm = alarms.value.find((one) => one.arn === arn);
    if (alarm === undefined)
      return fails(what, "does not exist", "Package and deploy the stack, or correct `alarms` in cutover.json.");
    const muted = mutes.ok ? mutes.value.find((mute) => mute.arn === arn) : undefined;
    if (muted !== undefined)
      return fails(
        what,
        `is muted by ${muted.rule}`,
        "End the mute rule, or wait until it is over: its action would not be taken.",
      );
    return silencedFinding(what, alarm) ?? alarmFinding(what, alarm, severity, rollbackFunction);
  });
  return mutes.ok ? findings : [...findings, unread("mute rules of the alarms", mutes.failure, "")];
};

/** What would keep an alarm from saying, or its action from doing, what the alarm is there for. */
const silencedFinding = (what: string, { suppressor, impaired }: AlarmReading): Finding | null => {
  if (suppressor !== undefined)
    return fails(
      what,
      `its actions are suppressed while ${suppressor} is in ALARM; pawl goes by its state all the same`,
      `Say it in the alarm's rule instead, AND NOT ALARM("${suppressor}"), and take the suppressor off.`,
    );
  if (impaired !== undefined)
    return unseen(
      what,
      `${impaired}: CloudWatch cannot evaluate it fully`,
      "Look at its reason in CloudWatch, and mend its metrics.",
    );
  return null;
};

const alarmFinding = (what: string, alarm: AlarmReading, severity: string, rollbackFunction: string): Finding => {
  if (!alarm.actionsEnabled)
    return fails(
      what,
      "its actions are off",
      `aws cloudwatch enable-alarm-actions --alarm-names ${quoted(alarmName(alarm.arn))}`,
    );
  if (!alarm.actions.some((action) => calls(action, rollbackFunction, alarm.arn)))
    return fails(
      what,
      `its actions are ${alarm.actions.join(", ") || "none"}; none is the function ${rollbackFunction}`,
      "Add the rollback function to its alarm actions, and allow the alarm to invoke it; a topic may stand beside it.",
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

/**
 * An action names the function by its ARN, maybe with a version; the setting may be a name or an ARN. One in another account
 * or Region has the same name and guards something else: an alarm that was copied from there would call it.
 */
const calls = (action: string, rollbackFunction: string, alarmArn: string): boolean => {
  const name = (arn: string): string => arn.split(":function:")[1]?.split(":")[0] ?? arn;
  const place = (arn: string): string => arn.split(":").slice(3, 5).join(" ");
  return action.includes(":lambda:") && name(action) === name(rollbackFunction) && place(action) === place(alarmArn);
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
  const alarm = read.value.find(({ arn }) => alarmName(arn) === STALEST);
  if (alarm === undefined) return fails(what, "does not exist", "Package and deploy the stack.");
  if (!alarm.actionsEnabled || alarm.actions.length === 0)
    return fails(what, "has no action in force", "Nobody would hear of a dead guard: enable its actions.");
  if (alarm.state === "OK") return holds(what, "OK: ticks arrive, and silence is told");
  const remedy =
    "Look at the schedule pawl-tick and the log of the function pawl-tick; right after a deploy, wait two minutes.";
  return alarm.state === "ALARM"
    ? fails(what, "ALARM: no tick arrives, or a cutover is not judged", remedy)
    : unseen(what, "INSUFFICIENT_DATA: not evaluated yet", remedy);
};
