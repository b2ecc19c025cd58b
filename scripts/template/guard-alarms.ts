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

/**
 * Who watches the guard. `StalestCutoverSeconds` comes from every tick, also when nothing is active, so its absence
 * means that nobody ticks: that is told like any other silence, two minutes later.
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
      Namespace: "Pawl",
      MetricName: "StalestCutoverSeconds",
      Dimensions: [{ Name: "service", Value: "pawl" }],
      Statistic: "Maximum",
      Period: 60,
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
      AlarmDescription: "A rollback or a tick was given up and lies in the failure queue.",
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
