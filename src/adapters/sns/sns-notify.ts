import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { NotifyPort } from "../../guard/ports.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok } from "../../kernel/result.ts";

/** SNS refuses a subject of 100 characters or more, and one with anything but printable ASCII. */
const MAX_SUBJECT_LENGTH = 99;

const subjectLine = (text: string): string => text.replace(/[^\x20-\x7e]+/g, " ").slice(0, MAX_SUBJECT_LENGTH);

const attribute = (value: string) => ({ DataType: "String", StringValue: value });

/** Notifications by SNS. The attributes let a subscription take pages only, and a receiver drop repeats by id. */
export const snsNotify = (client: SNSClient, topicArn: string): NotifyPort => ({
  send: async (notification, timeoutMs) => {
    const command = new PublishCommand({
      TopicArn: topicArn,
      Subject: subjectLine(notification.subject),
      Message: notification.body,
      MessageAttributes: {
        id: attribute(notification.id),
        cutover: attribute(notification.cutover),
        urgency: attribute(notification.urgency),
      },
    });
    try {
      await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return ok(undefined);
    } catch (error) {
      return failureOf(error, `Publish to ${topicArn}`);
    }
  },
});
