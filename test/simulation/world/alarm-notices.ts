import type { Dice } from "./dice.ts";

/** A change of an alarm's state, as it really happened. `at`: its own instant, which every copy of it carries. */
export interface Change {
  readonly arn: string;
  readonly state: "OK" | "ALARM";
  readonly at: number;
  readonly was?: "ALARM";
}

const WAYS = ["action", "eventbridge", "sns"] as const;

/** CloudWatch writes the offset of its instants without a colon. */
const instant = (at: number): string => `${new Date(at).toISOString().slice(0, -1)}+0000`;

const partsOf = (arn: string) => {
  const [, , , region = "", account = "", , name = ""] = arn.split(":");
  return { region, account, name };
};

const described = ({ arn, state, at, was }: Change) => ({
  alarmName: partsOf(arn).name,
  state: { value: state, reason: "Threshold Crossed", timestamp: instant(at) },
  previousState: { value: was ?? "OK", timestamp: instant(at - 60_000) },
});

const byAction = (change: Change, sentAt: number): object => {
  const { account, region } = partsOf(change.arn);
  const of = { accountId: account, region, time: instant(sentAt) };
  return { source: "aws.cloudwatch", alarmArn: change.arn, ...of, alarmData: described(change) };
};

const byEventBridge = (change: Change, sentAt: number): object => {
  const { account, region } = partsOf(change.arn);
  return {
    ...{ version: "0", source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change" },
    ...{ account, region, time: new Date(sentAt).toISOString(), resources: [change.arn], detail: described(change) },
  };
};

const inSns = ({ arn, state, at, was }: Change): object => {
  const { account, name } = partsOf(arn);
  const of = { AlarmName: name, AlarmArn: arn, AWSAccountId: account, Region: "US East (N. Virginia)" };
  return {
    ...of,
    NewStateValue: state,
    OldStateValue: was ?? "OK",
    StateChangeTime: instant(at),
    Trigger: { Period: 60 },
  };
};

/** One message of a topic, as it comes to a function that is subscribed to it. */
export const record = (message: string, sentAt: number): object => ({
  EventSource: "aws:sns",
  EventVersion: "1.0",
  Sns: { Type: "Notification", Timestamp: new Date(sentAt).toISOString(), Message: message },
});

/** The topic is told by the alarm itself, or by a rule that passes its change on. */
export const recordOf = (dice: Dice, change: Change, sentAt: number): object =>
  record(JSON.stringify(dice.chance(0.7) ? inSns(change) : byEventBridge(change, sentAt)), sentAt);

/** The event of one change, by any of the ways in which it comes. */
export const eventOf = (dice: Dice, change: Change, sentAt: number): object => {
  switch (dice.of(WAYS)) {
    case "action":
      return byAction(change, sentAt);
    case "eventbridge":
      return byEventBridge(change, sentAt);
    case "sns":
      return { Records: [recordOf(dice, change, sentAt)] };
  }
};
