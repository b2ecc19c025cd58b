import type { SetRulePrioritiesCommandInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { toIso } from "../../../src/kernel/instant.ts";
import type { BareEvent } from "./baseline.ts";
import { BARE_KEY, type BenchAccount } from "./bench-account.ts";

/** One DynamoDB round trip: as much is asked and answered as by a latch. */
export const bareUpdate = ({ env }: BenchAccount): BareEvent => ({
  update: {
    TableName: env["PAWL_TABLE"],
    Key: { pk: { S: BARE_KEY.pk }, sk: { S: BARE_KEY.sk } },
    UpdateExpression: "SET #version = #version + :one",
    ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(#latch)",
    ExpressionAttributeNames: { "#version": "version", "#latch": "latch" },
    ExpressionAttributeValues: { ":one": { N: "1" } },
    ReturnValues: "ALL_OLD",
  },
});

/** The write that raises the pin, and nothing about it. */
export const barePriorities = ({ route: { pin } }: BenchAccount): BareEvent => ({
  priorities: {
    RulePriorities: [{ RuleArn: pin.ruleArn, Priority: pin.raisedPriority }],
  } satisfies SetRulePrioritiesCommandInput,
});

/** An alarm's direct action, as CloudWatch calls it. */
export const alarmEvent = ({ alarmArn, clock }: BenchAccount): object => ({
  source: "aws.cloudwatch",
  alarmArn,
  alarmData: { state: { value: "ALARM", timestamp: toIso(clock.now()) } },
});
