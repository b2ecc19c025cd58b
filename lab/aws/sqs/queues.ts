import { randomUUID } from "node:crypto";
import { type EpochMs, later, MINUTE_MS } from "../../../src/kernel/units.ts";
import { LAB_ACCOUNT_ID, LAB_REGION, type LabContext, type MetricDatum, type ResourceProvider } from "../contracts.ts";
import { demandKnownConditions } from "../iam/check-conditions.ts";
import { type PolicyDocument, rule } from "../iam/policy.ts";
import { RESOURCE_POLICY } from "../iam/policy-schema.ts";
import { SAYS_NO_ACCOUNT } from "../iam/silent-callers.ts";
import { LabTimers } from "../lab-timers.ts";
import type { MetricSink } from "../metric-sink.ts";
import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";

const QUEUE_TYPE = "AWS::SQS::Queue";
const QUEUE_POLICY_TYPE = "AWS::SQS::QueuePolicy";

export interface QueuedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: EpochMs;
}

/** A service that sends on somebody's behalf; the queue's own policy must let it. */
export interface Sender {
  readonly principal: string;
  readonly sourceArn: string;
}

/** The account's queues. Services of the lab send, people and tests look; nothing receives over the wire. */
export interface Queues {
  readonly provider: ResourceProvider;
  /**
   * Puts a message into a queue. A `sender` needs a right from the queue's policy; without it the message is gone and
   * only the lab's log says so. Callers with a role of their own have been checked already and pass none.
   * @throws where there is no such queue.
   */
  send(queueArn: string, body: string, attributes: Readonly<Record<string, string>>, sender?: Sender): void;
  /** What lies in the queue of this name or ARN, oldest first. @throws where there is no such queue. */
  messages(nameOrArn: string): readonly QueuedMessage[];
  /** Empties it, as an operator does who has seen to what lay there. @throws where there is no such queue. */
  purge(nameOrArn: string): void;
  stop(): void;
}

interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly messages: QueuedMessage[];
  policies: PolicyDocument[];
}

const readQueue = propertiesReader<{ readonly QueueName?: string }>(
  QUEUE_TYPE,
  closed({
    QueueName: { type: "string", pattern: "^[\\w-]{1,80}$" },
    // How long messages would be kept: longer than any lab lives.
    MessageRetentionPeriod: { type: "integer", minimum: 60, maximum: 1_209_600 },
    VisibilityTimeout: { type: "integer", minimum: 0, maximum: 43_200 },
    SqsManagedSseEnabled: { type: "boolean" },
    KmsMasterKeyId: TEXT,
    Tags: TAGS,
  }),
);

const readQueuePolicy = propertiesReader<{
  readonly Queues: readonly string[];
  readonly PolicyDocument: PolicyDocument;
}>(
  QUEUE_POLICY_TYPE,
  closed({ Queues: { type: "array", minItems: 1, items: TEXT }, PolicyDocument: RESOURCE_POLICY }, [
    "Queues",
    "PolicyDocument",
  ]),
);

export const createQueues = (context: LabContext, metrics: MetricSink): Queues => {
  const byName = new Map<string, Queue>();
  const timers = new LabTimers(context.clock);
  const publishDepth = (queue: Queue, at: EpochMs): void =>
    metrics.publish({
      ...aboutQueue(queue),
      metric: "ApproximateNumberOfMessagesVisible",
      at,
      value: queue.messages.length,
    });
  // The depth is told every minute, so that an alarm on it stays in ALARM until somebody has looked.
  const depthAgainAt = (queue: Queue, at: EpochMs): void =>
    timers.at(at, () => {
      publishDepth(queue, at);
      if (queue.messages.length > 0) depthAgainAt(queue, later(at, MINUTE_MS));
    });
  const find = (nameArnOrUrl: string): Queue => {
    const queue = byName.get(
      nameArnOrUrl.slice(Math.max(...[":", "/"].map((sign) => nameArnOrUrl.lastIndexOf(sign))) + 1),
    );
    if (queue === undefined) throw new Error(`the queue ${nameArnOrUrl} does not exist`);
    return queue;
  };
  return {
    provider: {
      types: [QUEUE_TYPE, QUEUE_POLICY_TYPE],
      create: async (logicalId, type, raw) => {
        if (type === QUEUE_POLICY_TYPE) {
          const { Queues, PolicyDocument } = readQueuePolicy(logicalId, raw);
          demandKnownConditions(`${type} ${logicalId}`, PolicyDocument);
          for (const url of Queues) find(url).policies = [PolicyDocument];
          return { ref: logicalId, attributes: {} };
        }
        const name = readQueue(logicalId, raw).QueueName ?? logicalId;
        const arn = `arn:aws:sqs:${LAB_REGION}:${LAB_ACCOUNT_ID}:${name}`;
        byName.set(name, { name, arn, messages: [], policies: [] });
        const url = `https://sqs.${LAB_REGION}.amazonaws.com/${LAB_ACCOUNT_ID}/${name}`;
        return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
      },
    },
    send: (queueArn, body, attributes, sender) => {
      const queue = find(queueArn);
      if (sender !== undefined && !lets(queue, sender)) {
        context.log(
          `sqs: ${sender.principal} of ${sender.sourceArn} → ${queue.name}: no permission; the message is gone`,
        );
        return;
      }
      const at = context.clock.now();
      queue.messages.push({ messageId: randomUUID(), body, attributes, sentAt: at });
      metrics.publish({ ...aboutQueue(queue), metric: "NumberOfMessagesSent", at, value: 1 });
      publishDepth(queue, at);
      if (queue.messages.length === 1) depthAgainAt(queue, later(at, MINUTE_MS));
    },
    messages: (nameOrArn) => find(nameOrArn).messages,
    purge: (nameOrArn) => find(nameOrArn).messages.splice(0),
    stop: () => timers.stop(),
  };
};

const lets = ({ arn, policies }: Queue, { principal, sourceArn }: Sender): boolean =>
  rule(policies, {
    action: "sqs:SendMessage",
    resource: arn,
    principal,
    context: {
      "aws:sourcearn": sourceArn,
      ...(principal === SAYS_NO_ACCOUNT ? {} : { "aws:sourceaccount": LAB_ACCOUNT_ID }),
    },
  }) === "allowed";

const aboutQueue = ({ name }: Queue): Pick<MetricDatum, "namespace" | "dimensions"> => ({
  namespace: "AWS/SQS",
  dimensions: { QueueName: name },
});
