import { LAB_ACCOUNT_ID, LAB_REGION, type NeededRight, type NeededRights } from "../contracts.ts";
import { jsonBody } from "../wire/json-body.ts";

interface Input {
  readonly AlarmNames?: readonly string[];
  readonly AlarmName?: string;
  readonly AlarmTypes?: readonly string[];
  readonly Namespace?: string;
}

const alarmArn = (name: string): string => `arn:aws:cloudwatch:${LAB_REGION}:${LAB_ACCOUNT_ID}:alarm:${name}`;

const onAlarms = (action: string, { AlarmNames, AlarmName }: Input): readonly NeededRight[] =>
  (AlarmNames ?? (AlarmName === undefined ? ["*"] : [AlarmName])).map((name) => ({ action, resource: alarmArn(name) }));

/**
 * aws.md 7, IAM: metrics know no resources. Who asks for composite alarms needs DescribeAlarms on `*`; one with a
 * narrower right is not shown any.
 */
export const cloudwatchRights: NeededRights = (call, name) => {
  const action = `cloudwatch:${name}`;
  const input = jsonBody<Input>(call);
  switch (name) {
    case "GetMetricData":
      return [{ action, resource: "*" }];
    case "PutMetricData":
      return [{ action, resource: "*", context: { "cloudwatch:namespace": input.Namespace ?? [] } }];
    case "DescribeAlarms":
      return input.AlarmTypes?.includes("CompositeAlarm") ? [{ action, resource: "*" }] : onAlarms(action, input);
    case "PutMetricAlarm":
    case "DeleteAlarms":
    case "SetAlarmState":
    case "EnableAlarmActions":
    case "DisableAlarmActions":
      return onAlarms(action, input);
    default:
      return null;
  }
};
