import { closed, propertiesReader, TEXT } from "../resource-properties.ts";

export const SCHEDULE_TYPE = "AWS::Scheduler::Schedule";

export interface ScheduleProperties {
  readonly Name?: string;
  readonly State?: "ENABLED" | "DISABLED";
  readonly ScheduleExpression: string;
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input?: string;
    readonly DeadLetterConfig?: { readonly Arn: string };
  };
}

export const readSchedule = propertiesReader<ScheduleProperties>(
  SCHEDULE_TYPE,
  closed(
    {
      Name: { type: "string", pattern: "^[\\w.-]{1,64}$" },
      Description: { type: "string" },
      State: { enum: ["ENABLED", "DISABLED"] },
      ScheduleExpression: TEXT,
      ScheduleExpressionTimezone: { enum: ["UTC"] },
      FlexibleTimeWindow: closed({ Mode: { enum: ["OFF"] } }, ["Mode"]),
      Target: closed(
        {
          Arn: { type: "string", pattern: "^arn:aws:lambda:" },
          RoleArn: { type: "string", pattern: "^arn:aws:iam::" },
          Input: TEXT,
          DeadLetterConfig: closed({ Arn: { type: "string", pattern: "^arn:aws:sqs:" } }, ["Arn"]),
          // What a failed call to Lambda leads to. In the lab such a call fails for good or not at all.
          RetryPolicy: closed({
            MaximumRetryAttempts: { type: "integer", minimum: 0, maximum: 185 },
            MaximumEventAgeInSeconds: { type: "integer", minimum: 60, maximum: 86_400 },
          }),
        },
        ["Arn", "RoleArn"],
      ),
    },
    ["ScheduleExpression", "FlexibleTimeWindow", "Target"],
  ),
);
