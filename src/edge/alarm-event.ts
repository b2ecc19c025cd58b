import type { AlarmWay } from "../guard/snap-back-trigger.ts";
import { PawlError } from "../kernel/pawl-error.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { EventReader, Fields } from "./event-reader.ts";

export interface AlarmEvent {
  readonly kind: "alarm";
  readonly alarmArn: string;
  readonly state: string;
  /** When the alarm changed to this state, by CloudWatch's clock; the same by whichever way it comes. */
  readonly alarmAt: EpochMs;
  readonly via: AlarmWay;
}

/** Changes of alarms that arrived together. */
export interface AlarmEvents {
  readonly kind: "alarms";
  readonly changes: readonly AlarmEvent[];
  /** Of others that came with them nobody can tell what they are: told once those that can be read are answered. */
  readonly unread?: PawlError;
}

/**
 * A change of an alarm's state, in any of CloudWatch's three forms; null where the event is none of them.
 *
 * The state before is not looked at: a composite alarm whose actions were suppressed for a while changes from ALARM to
 * ALARM when it may act. Nor is the suppression: pawl goes by what an alarm says, as its ticks do.
 * @throws {PawlError} event-malformed: one of the forms, with something missing.
 */
export const readAlarmEvent = (read: EventReader, event: Fields): AlarmEvent | AlarmEvents | null =>
  byAction(read, event) ?? byEventBridge(read, event) ?? bySns(read, event);

/** The alarm's own action on a function. */
const byAction = (read: EventReader, event: Fields): AlarmEvent | null =>
  "alarmData" in event
    ? described(read, "action", event["alarmArn"], read.object(event["alarmData"], "alarmData"))
    : null;

/** Exactly this type: a *contributor's* change says that one part of an alarm changed, and not that the alarm did. */
const byEventBridge = (read: EventReader, event: Fields): AlarmEvent | null =>
  event["detail-type"] === "CloudWatch Alarm State Change"
    ? described(
        read,
        "eventbridge",
        read.list(event["resources"], "resources")[0],
        read.object(event["detail"], "detail"),
      )
    : null;

const described = (read: EventReader, via: AlarmWay, alarmArn: unknown, of: Fields): AlarmEvent => {
  const state = read.object(of["state"], "state");
  return {
    kind: "alarm",
    alarmArn: read.text(alarmArn, "the alarm's ARN"),
    state: read.text(state["value"], "state.value"),
    alarmAt: read.instant(state["timestamp"], "state.timestamp"),
    via,
  };
};

/**
 * SNS sends a function one record a call; that it never sends more is written nowhere. One that cannot be read takes no
 * alarm with it that can.
 */
const bySns = (read: EventReader, event: Fields): AlarmEvent | AlarmEvents | null => {
  if (!("Records" in event)) return null;
  const records = read.list(event["Records"], "Records");
  if (records.length === 0) return read.refuse("Records is empty");
  const [only] = records;
  if (records.length === 1) return inRecord(read, only);
  const changes: AlarmEvent[] = [];
  const refusals: PawlError[] = [];
  for (const record of records) {
    try {
      changes.push(inRecord(read, record));
    } catch (error) {
      if (!(error instanceof PawlError)) throw error;
      refusals.push(error);
    }
  }
  const [unread] = refusals;
  if (changes.length === 0 && unread !== undefined) throw unread;
  return { kind: "alarms", changes, ...(unread === undefined ? {} : { unread }) };
};

/**
 * The alarm's action on a topic that a function is subscribed to. The message is the alarm's own, in SNS's spelling, or
 * EventBridge's event where a rule publishes to the topic.
 */
const inRecord = (read: EventReader, of: unknown): AlarmEvent => {
  const record = read.object(of, "the record");
  const message = read.json(read.object(record["Sns"], "Sns")["Message"], "Sns.Message");
  const passedOn = byEventBridge(read, message);
  if (passedOn !== null) return { ...passedOn, via: "sns" };
  return {
    kind: "alarm",
    alarmArn: read.text(message["AlarmArn"], "AlarmArn"),
    state: read.text(message["NewStateValue"], "NewStateValue"),
    alarmAt: read.instant(message["StateChangeTime"], "StateChangeTime"),
    via: "sns",
  };
};
