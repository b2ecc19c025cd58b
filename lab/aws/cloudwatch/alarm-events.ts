import { randomUUID } from "node:crypto";
import type { EpochMs } from "../../../src/kernel/units.ts";
import { type AlarmTransition, LAB_ACCOUNT_ID, LAB_REGION } from "../contracts.ts";
import type { AlarmConfiguration } from "./alarm-configuration.ts";
import type { AlarmState } from "./alarm-state.ts";
import type { MetricQuery } from "./metric-queries.ts";

/** A state as an alarm shows it; `reasonData` is JSON in a text, and not always there (aws.md 3, payload). */
export interface ShownState {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData?: string;
  readonly at: EpochMs;
}

export const alarmArn = (name: string): string => `arn:aws:cloudwatch:${LAB_REGION}:${LAB_ACCOUNT_ID}:alarm:${name}`;

export const muteRuleArn = (name: string): string =>
  `arn:aws:cloudwatch:${LAB_REGION}:${LAB_ACCOUNT_ID}:alarm-mute-rule:${name}`;

/** CloudWatch's own times have an offset without a colon (aws.md 3): `2024-02-17T11:53:08.431+0000`. */
export const offsetTime = (at: number): string => new Date(at).toISOString().replace("Z", "+0000");

/** Everything CloudWatch tells the world about one change of state: the action's payload, EventBridge's, and SNS's. */
export const alarmTransition = (
  { input, name, queries }: AlarmConfiguration,
  from: ShownState,
  to: ShownState,
): AlarmTransition => {
  const configuration = {
    ...(input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription }),
    metrics: queries.map(metricOf),
  };
  const described = { alarmName: name, state: stateOf(to), previousState: stateOf(from), configuration };
  const accountAndRegion = { accountId: LAB_ACCOUNT_ID, time: offsetTime(to.at), region: LAB_REGION };
  return {
    alarmArn: alarmArn(name),
    alarmName: name,
    from: from.value,
    to: to.value,
    at: to.at,
    reason: to.reason,
    actionArns: input.ActionsEnabled === false ? [] : actionsOf(input, to.value),
    directEvent: { source: "aws.cloudwatch", alarmArn: alarmArn(name), ...accountAndRegion, alarmData: described },
    bridgeEvent: {
      version: "0",
      id: randomUUID(),
      "detail-type": "CloudWatch Alarm State Change",
      source: "aws.cloudwatch",
      account: LAB_ACCOUNT_ID,
      time: `${new Date(to.at).toISOString().slice(0, 19)}Z`,
      region: LAB_REGION,
      resources: [alarmArn(name)],
      detail: described,
    },
    snsMessage: {
      AlarmName: name,
      AlarmDescription: input.AlarmDescription ?? null,
      AWSAccountId: LAB_ACCOUNT_ID,
      NewStateValue: to.value,
      NewStateReason: to.reason,
      StateChangeTime: offsetTime(to.at),
      // A display name, not a code (aws.md 3, SNS).
      Region: "US East (N. Virginia)",
      AlarmArn: alarmArn(name),
      OldStateValue: from.value,
      Trigger: triggerOf(input),
    },
  };
};

const actionsOf = (input: AlarmConfiguration["input"], state: AlarmState): readonly string[] => {
  if (state === "ALARM") return input.AlarmActions ?? [];
  return (state === "OK" ? input.OKActions : input.InsufficientDataActions) ?? [];
};

const stateOf = ({ value, reason, reasonData, at }: ShownState): object => ({
  value,
  reason,
  ...(reasonData === undefined ? {} : { reasonData }),
  timestamp: offsetTime(at),
});

const metricOf = ({ id, returned, input }: MetricQuery): object => {
  const { MetricStat: stat, Expression: expression, Label: label } = input;
  const source =
    stat === undefined
      ? { expression, ...(label === undefined ? {} : { label }) }
      : {
          metricStat: {
            metric: {
              namespace: stat.Metric.Namespace,
              name: stat.Metric.MetricName,
              dimensions: Object.fromEntries((stat.Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
            },
            period: stat.Period,
            stat: stat.Stat,
          },
        };
  return { id, ...source, returnData: returned };
};

/** Lower-case names inside upper-case ones: SNS's own spelling (aws.md 3, SNS). */
const triggerOf = (input: AlarmConfiguration["input"]): object => ({
  ...(input.Metrics === undefined
    ? {
        MetricName: input.MetricName,
        Namespace: input.Namespace,
        StatisticType: input.ExtendedStatistic === undefined ? "Statistic" : "ExtendedStatistic",
        ...(input.ExtendedStatistic === undefined
          ? { Statistic: input.Statistic?.toUpperCase() }
          : { ExtendedStatistic: input.ExtendedStatistic }),
        Unit: input.Unit ?? null,
        Dimensions: (input.Dimensions ?? []).map(({ Name, Value }) => ({ name: Name, value: Value })),
        Period: input.Period,
      }
    : { Metrics: input.Metrics }),
  EvaluationPeriods: input.EvaluationPeriods,
  DatapointsToAlarm: input.DatapointsToAlarm ?? input.EvaluationPeriods,
  ComparisonOperator: input.ComparisonOperator,
  Threshold: input.Threshold,
  TreatMissingData: input.TreatMissingData ?? "missing",
  EvaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile ?? "",
});
