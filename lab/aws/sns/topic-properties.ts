import type { PolicyDocument } from "../iam/policy.ts";
import { RESOURCE_POLICY } from "../iam/policy-schema.ts";
import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";

export const TOPIC_TYPE = "AWS::SNS::Topic";
export const TOPIC_POLICY_TYPE = "AWS::SNS::TopicPolicy";
export const SUBSCRIPTION_TYPE = "AWS::SNS::Subscription";

export const readTopic = propertiesReader<{ readonly TopicName?: string }>(
  TOPIC_TYPE,
  closed({
    TopicName: { type: "string", pattern: "^[\\w-]{1,256}$" },
    DisplayName: { type: "string" },
    KmsMasterKeyId: TEXT,
    Tags: TAGS,
  }),
);

export const readTopicPolicy = propertiesReader<{
  readonly Topics: readonly string[];
  readonly PolicyDocument: PolicyDocument;
}>(
  TOPIC_POLICY_TYPE,
  closed({ Topics: { type: "array", minItems: 1, items: TEXT }, PolicyDocument: RESOURCE_POLICY }, [
    "Topics",
    "PolicyDocument",
  ]),
);

export const readSubscription = propertiesReader<{
  readonly TopicArn: string;
  readonly Endpoint: string;
  readonly RawMessageDelivery?: boolean;
}>(
  SUBSCRIPTION_TYPE,
  closed(
    {
      TopicArn: TEXT,
      Protocol: { enum: ["sqs"] },
      Endpoint: { type: "string", pattern: "^arn:aws:sqs:" },
      RawMessageDelivery: { type: "boolean" },
    },
    ["TopicArn", "Protocol", "Endpoint"],
  ),
);
