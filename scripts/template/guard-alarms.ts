import type { Resources } from "./cutover-resources.ts";

const FUNCTIONS = ["tick", "observe", "promote", "rollback", "decommission"];

const tellSomebody = { AlarmActions: [{ Ref: "Topic" }], OKActions: [{ Ref: "Topic" }] };

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const functionAlarm = (name: string, metric: "Errors" | "Throttles") => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: {
    AlarmName: `pawl-${name}-${metric.toLowerCase()}`,
    AlarmDescription: `The function ${name} has ${metric.toLowerCase()}.`,
    ...tellSomebody,
    Namespace: "AWS/Lambda",
    MetricName: metric,
    Dimensions: [{ Name: "FunctionName", Value: { Ref: `${capitalised(name)}LambdaFunction` } }],
    Statistic: "Sum",
    Period: 60,
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: 0,
    EvaluationPeriods: 1,
    TreatMissingData: "notBreaching",
  },
});

/** What a minute without the number counts as: longer than anything that is served is stale. */
const SILENT_SECONDS = 9_999;

/**
 * Who watches the guard. `StalestCutoverSeconds` comes from every tick that could look at everything, also when nothing
 * is active: 60 where each tick was judged, 120 where the last one was not. A cutover on hold is judged, and quiet here.
 * One tick may fail, by silence or without being judged; the second in a row is told within seven minutes.
 *
 * Silence is filled in, not left to `TreatMissingData`: how far back CloudWatch looks for real points before it calls
 * any missing is not documented for two periods, and the old points keep a dead guard OK for as long.
 * Two periods, because the newest is also filled where its number is only late.
 */
export const guardAlarms = (): Resources => ({
  ...Object.fromEntries(
    FUNCTIONS.flatMap((name) =>
      (["Errors", "Throttles"] as const).map((metric) => [
        `${capitalised(name)}${metric}Alarm`,
        functionAlarm(name, metric),
      ]),
    ),
  ),
  StalestCutoverAlarm: {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmName: "pawl-stalest-cutover",
      AlarmDescription:
        "A cutover has not been judged for 150 s, or the tick itself is silent. Traffic stays where it is.",
      ...tellSomebody,
      Metrics: [
        { Id: "stalest", Expression: `FILL(seen,${SILENT_SECONDS})`, ReturnData: true },
        {
          Id: "seen",
          MetricStat: {
            Metric: {
              Namespace: "Pawl",
              MetricName: "StalestCutoverSeconds",
              Dimensions: [{ Name: "service", Value: "pawl" }],
            },
            Period: 60,
            Stat: "Maximum",
          },
          ReturnData: false,
        },
      ],
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 150,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      TreatMissingData: "breaching",
    },
  },
  FailedQueueAlarm: {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmName: "pawl-failed-invocations",
      AlarmDescription: "A rollback, a tick or an alarm's event was given up and lies in the failure queue.",
      ...tellSomebody,
      Namespace: "AWS/SQS",
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: { "Fn::GetAtt": ["FailedQueue", "QueueName"] } }],
      Statistic: "Maximum",
      Period: 60,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: "notBreaching",
    },
  },
});
