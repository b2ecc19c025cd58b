import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Notification, NotifyPort } from "../../guard/ports.ts";
import { cut } from "../../kernel/cut.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { ok } from "../../kernel/result.ts";

/** SNS refuses a subject of 100 characters or more, one with anything but printable ASCII, and one that begins with a space. */
const MAX_SUBJECT_LENGTH = 99;

const subjectLine = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, MAX_SUBJECT_LENGTH);

/** SNS takes 256 KB with everything in it; a character is four bytes at most. */
const MAX_MESSAGE_LENGTH = 60_000;

/** What is no text: control signs, but for tab and line ends, and the two numbers that are kept free of signs. */
const NO_TEXT = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu;

/** As UTF-8 has it, and as a queue behind the topic takes it; half a sign becomes the sign for what is none. */
const wellFormed = (text: string): string => Buffer.from(text.replace(NO_TEXT, " ")).toString();

/**
 * What SNS takes of a message. An empty one, one that is too long, or one with half a sign in it (where somebody's words
 * were cut off) it would never take, and most of it is better told than none.
 */
const messageOf = ({ body, subject, id }: Notification): string => {
  const [first = id] = [body, subject].map((text) => wellFormed(cut(text, MAX_MESSAGE_LENGTH))).filter(isSaid);
  return first;
};

const isSaid = (text: string): boolean => text.trim() !== "";

const attribute = (value: string) => ({ DataType: "String", StringValue: value });

/** Notifications by SNS. The attributes let a subscription take pages only, and a receiver drop repeats by id. */
export const snsNotify = (client: SNSClient, topicArn: string): NotifyPort => ({
  send: async (notification, timeoutMs) => {
    const subject = subjectLine(notification.subject);
    const command = new PublishCommand({
      TopicArn: topicArn,
      ...(subject === "" ? {} : { Subject: subject }),
      Message: messageOf(notification),
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
