import {
  type CloudWatchClient,
  type CompositeAlarm,
  DisableAlarmActionsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  paginateListAlarmMuteRules,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import type { AlarmSwitchPort } from "../../decommission/load-balancer-acts.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok } from "../../kernel/result.ts";
import { epochMs } from "../../kernel/units.ts";
import { alarmName } from "../../signals/made-alarms.ts";
import type { AlarmMutesPort, AlarmReading, AlarmSetPort, AlarmsPort } from "../../signals/ports.ts";

/** DescribeAlarms takes this many names at once. */
const NAMES_A_CALL = 100;

const readingOf = (alarm: MetricAlarm | CompositeAlarm): AlarmReading[] => {
  const { AlarmArn: arn, StateValue: state, ActionsEnabled, AlarmActions } = alarm;
  const changedAt = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  if (arn === undefined || changedAt === undefined) return [];
  if (state !== "OK" && state !== "ALARM" && state !== "INSUFFICIENT_DATA") return [];
  return [
    {
      arn,
      state,
      stateChangedAt: epochMs(changedAt.getTime()),
      actionsEnabled: ActionsEnabled === true,
      actions: AlarmActions ?? [],
      ...("ActionsSuppressor" in alarm && alarm.ActionsSuppressor ? { suppressor: alarm.ActionsSuppressor } : {}),
      ...("EvaluationState" in alarm && alarm.EvaluationState ? { impaired: alarm.EvaluationState } : {}),
    },
  ];
};

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Alarm states by DescribeAlarms. A name that CloudWatch does not know is simply not in its answer, nor in ours. */
export const cloudwatchAlarms = (client: CloudWatchClient): AlarmsPort => ({
  read: async (arns, timeoutMs) => {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const wanted = new Set(arns);
    const readings: AlarmReading[] = [];
    try {
      for (const AlarmNames of chunks(arns.map(alarmName), NAMES_A_CALL)) {
        const query = { AlarmNames, AlarmTypes: ["MetricAlarm" as const, "CompositeAlarm" as const] };
        for await (const page of paginateDescribeAlarms({ client }, query, { abortSignal }))
          readings.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].flatMap(readingOf));
      }
      return ok(readings.filter((reading) => wanted.has(reading.arn)));
    } catch (error) {
      return failureOf(error, "DescribeAlarms");
    }
  },
});

/** Mute rules in force by ListAlarmMuteRules, one alarm a call: it filters by one name. */
export const cloudwatchAlarmMutes = (client: CloudWatchClient): AlarmMutesPort => ({
  read: async (arns, timeoutMs) => {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const mutes: { readonly arn: string; readonly rule: string }[] = [];
    try {
      for (const arn of arns) {
        const query = { AlarmName: alarmName(arn), Statuses: ["ACTIVE" as const] };
        for await (const page of paginateListAlarmMuteRules({ client }, query, { abortSignal }))
          mutes.push(
            ...(page.AlarmMuteRuleSummaries ?? []).map((rule) => ({ arn, rule: rule.AlarmMuteRuleArn ?? "" })),
          );
      }
      return ok(mutes);
    } catch (error) {
      return failureOf(error, "ListAlarmMuteRules");
    }
  },
});

/** Silences alarms by DisableAlarmActions. */
export const cloudwatchAlarmSwitch = (client: CloudWatchClient): AlarmSwitchPort => ({
  disableActions: async (arns, timeoutMs) => {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    try {
      for (const AlarmNames of chunks(arns.map(alarmName), NAMES_A_CALL))
        await client.send(new DisableAlarmActionsCommand({ AlarmNames }), { abortSignal });
      return ok(undefined);
    } catch (error) {
      return failureOf(error, "DisableAlarmActions");
    }
  },
});

/** Sets an alarm's state by SetAlarmState, for a rehearsal. */
export const cloudwatchAlarmSetter = (client: CloudWatchClient): AlarmSetPort => ({
  set: async (arn, StateValue, StateReason, timeoutMs) => {
    const command = new SetAlarmStateCommand({ AlarmName: alarmName(arn), StateValue, StateReason });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return ok(undefined);
    } catch (error) {
      return failureOf(error, `SetAlarmState of ${alarmName(arn)}`);
    }
  },
});
