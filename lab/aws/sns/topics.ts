import { randomUUID } from "node:crypto";
import * as client from "@aws-sdk/client-sns";
import { toIso } from "../../../src/kernel/instant.ts";
import type { EpochMs } from "../../../src/kernel/units.ts";
import { type AwsService, LAB_ACCOUNT_ID, LAB_REGION, type LabContext, type ResourceProvider } from "../contracts.ts";
import { demandKnownConditions } from "../iam/check-conditions.ts";
import { type PolicyDocument, rule } from "../iam/policy.ts";
import type { Queues } from "../sqs/queues.ts";
import { bodyText } from "../wire/body.ts";
import { AwsFault } from "../wire/fault.ts";
import { schemaService } from "../wire/schema-service.ts";
import {
  readSubscription,
  readTopic,
  readTopicPolicy,
  SUBSCRIPTION_TYPE,
  TOPIC_POLICY_TYPE,
  TOPIC_TYPE,
} from "./topic-properties.ts";

export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | null;
  readonly message: string;
  /** By name; texts, the only kind that the lab serves. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly at: EpochMs;
  /** The role that published, or the service. */
  readonly by: string;
}

/** The account's topics: what was published is kept, and passed on to subscribed queues. */
export interface Topics {
  readonly api: AwsService;
  readonly provider: ResourceProvider;
  /** Everything published since the start, oldest first. */
  published(): readonly PublishedMessage[];
  /** A service publishes; the topic's policy must let it, else only the lab's log says so. */
  publishFrom(
    sender: { readonly principal: string; readonly sourceArn: string },
    of: Pick<PublishedMessage, "topicArn" | "subject" | "message">,
  ): void;
}

interface Topic {
  readonly arn: string;
  /** Null is the default policy: everybody in the account may publish. */
  policy: PolicyDocument | null;
  readonly subscriptions: { readonly arn: string; readonly queueArn: string; readonly raw: boolean }[];
}

export const createTopics = (context: LabContext, queues: Queues): Topics => {
  const desk = new Desk(context, queues);
  return {
    api: schemaService({
      protocol: "query",
      service: "sns",
      version: "2010-03-31",
      xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
      client,
      needs: (call, action) =>
        action === "Publish"
          ? [{ action: "SNS:Publish", resource: new URLSearchParams(bodyText(call)).get("TopicArn") ?? "" }]
          : null,
      operations: {
        Publish: (input: client.PublishCommandInput, call) => desk.publishOverTheWire(input, call.caller.name),
      },
    }),
    provider: {
      types: [TOPIC_TYPE, TOPIC_POLICY_TYPE, SUBSCRIPTION_TYPE],
      create: async (logicalId, type, raw) => desk.create(logicalId, type, raw),
    },
    published: () => desk.messages,
    publishFrom: (sender, of) => desk.publishFrom(sender, of),
  };
};

class Desk {
  readonly messages: PublishedMessage[] = [];
  readonly #topics = new Map<string, Topic>();
  readonly #context: LabContext;
  readonly #queues: Queues;

  constructor(context: LabContext, queues: Queues) {
    this.#context = context;
    this.#queues = queues;
  }

  create(logicalId: string, type: string, raw: Readonly<Record<string, unknown>>) {
    if (type === TOPIC_TYPE) {
      const name = readTopic(logicalId, raw).TopicName ?? logicalId;
      const arn = `arn:aws:sns:${LAB_REGION}:${LAB_ACCOUNT_ID}:${name}`;
      this.#topics.set(arn, { arn, policy: null, subscriptions: [] });
      return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
    }
    if (type === TOPIC_POLICY_TYPE) {
      const { Topics, PolicyDocument } = readTopicPolicy(logicalId, raw);
      demandKnownConditions(`${type} ${logicalId}`, PolicyDocument);
      for (const arn of Topics) this.#demand(arn).policy = PolicyDocument;
      return { ref: logicalId, attributes: {} };
    }
    const { TopicArn, Endpoint, RawMessageDelivery } = readSubscription(logicalId, raw);
    const arn = `${TopicArn}:${randomUUID()}`;
    this.#demand(TopicArn).subscriptions.push({ arn, queueArn: Endpoint, raw: RawMessageDelivery ?? false });
    return { ref: arn, attributes: { Arn: arn } };
  }

  publishOverTheWire(input: client.PublishCommandInput, by: string): client.PublishCommandOutput | object {
    const { TopicArn, Message, Subject, MessageAttributes = {}, ...others } = input;
    const unserved = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
    if (unserved !== undefined) throw invalid(`the lab does not serve the member ${unserved}`);
    const topic = this.#topics.get(TopicArn ?? "");
    if (topic === undefined) throw new AwsFault("NotFoundException", "Topic does not exist", 404);
    if (Message === undefined || Message === "") throw invalid("Empty message");
    if (Subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(Subject)) throw invalid("Subject");
    const attributes = textAttributes(MessageAttributes);
    // Attributes count, with their names and types; whether a subject does is not said, so that here it does.
    const whole = [Message, Subject ?? "", ...Object.entries(attributes).flatMap((each) => ["String", ...each])].join(
      "",
    );
    if (Buffer.byteLength(whole) > 262_144) throw invalid("Message too long");
    return { MessageId: this.#publish(topic, { subject: Subject ?? null, message: Message, attributes, by }) };
  }

  publishFrom(
    sender: { readonly principal: string; readonly sourceArn: string },
    of: Pick<PublishedMessage, "topicArn" | "subject" | "message">,
  ): void {
    const topic = this.#topics.get(of.topicArn);
    if (topic !== undefined && lets(topic, sender))
      this.#publish(topic, { ...of, attributes: {}, by: sender.principal });
    else {
      const why = topic === undefined ? "no such topic" : "no permission";
      this.#context.log(
        `sns: ${sender.principal} of ${sender.sourceArn} → ${of.topicArn}: ${why}; the message is gone`,
      );
    }
  }

  #publish(topic: Topic, of: Omit<PublishedMessage, "messageId" | "topicArn" | "at">): string {
    const messageId = randomUUID();
    const published = { ...of, messageId, topicArn: topic.arn, at: this.#context.clock.now() };
    this.messages.push(published);
    for (const { queueArn, raw } of topic.subscriptions)
      this.#queues.send(queueArn, raw ? of.message : envelope(published), raw ? of.attributes : {}, {
        principal: "sns.amazonaws.com",
        sourceArn: topic.arn,
      });
    return messageId;
  }

  #demand(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new Error(`the topic ${arn} does not exist`);
    return topic;
  }
}

const invalid = (what: string): AwsFault => new AwsFault("InvalidParameterException", `Invalid parameter: ${what}`);

/** A topic takes texts, numbers and binaries; the lab takes the texts. An attribute without a value is refused. */
const textAttributes = (
  attributes: NonNullable<client.PublishCommandInput["MessageAttributes"]>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue }]) => {
      if (!/^[\w.-]{1,256}$/.test(name)) throw invalid(`the message attribute name ${name}`);
      if (DataType !== "String") throw invalid(`the lab serves no message attribute of the type ${DataType}`);
      if (!StringValue) throw invalid(`the message attribute ${name} must contain a non-empty value`);
      return [name, StringValue];
    }),
  );

const lets = ({ arn, policy }: Topic, { principal, sourceArn }: { principal: string; sourceArn: string }): boolean =>
  policy === null ||
  rule([policy], {
    action: "sns:Publish",
    resource: arn,
    principal,
    context: { "aws:sourcearn": sourceArn, "aws:sourceaccount": LAB_ACCOUNT_ID },
  }) === "allowed";

/** What a queue receives that did not ask for the bare message. */
const envelope = ({ messageId, topicArn, subject, message, attributes, at }: PublishedMessage): string =>
  JSON.stringify({
    Type: "Notification",
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject === null ? {} : { Subject: subject }),
    Message: message,
    Timestamp: toIso(at),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, Value]) => [name, { Type: "String", Value }]),
    ),
  });
