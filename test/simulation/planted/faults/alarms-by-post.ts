import { edit, type Fault } from "../fault.ts";

const EVENT = "src/edge/alarm-event.ts";
const ANSWER = "src/edge/answer-rollback.ts";
const CUTOVERS = "src/edge/cutovers.ts";

/** Mistakes between an alarm's event and whoever goes back for it. */
export const ALARMS_BY_POST: readonly Fault[] = [
  {
    name: "only-the-first-record-is-read",
    edits: [edit(EVENT, "if (records.length === 1) return inRecord", "if (records.length > 0) return inRecord")],
    breaks: "P2",
    why: "of several alarms in one event the first alone is gone back for",
    expected: { within: 10, amid: "alarms-in-company" },
  },
  {
    name: "unreadable-record-takes-the-others",
    edits: [edit(EVENT, "if (!(error instanceof PawlError)) throw error;", "throw error;")],
    breaks: "P2",
    why: "what nobody can read keeps the alarm beside it from being answered",
    expected: { within: 10, amid: "alarms-in-company" },
  },
  {
    name: "unread-is-nobodys-business",
    edits: [edit(ANSWER, "if (event.unread !== undefined) throw event.unread;", "")],
    breaks: "P8",
    why: "an event that could not be read passes for one that was, where an alarm came with it",
    expected: { within: 10, amid: "alarms-in-company" },
  },
  {
    name: "stranger-ends-the-rollback-beside-it",
    edits: [edit(ANSWER, "await Promise.allSettled(answers);", "")],
    breaks: "P6",
    why: "an alarm that no cutover lists fails the invocation while another one's rollback is half done",
    expected: { within: 10, amid: "alarms-in-company" },
  },
  {
    name: "alarm-by-its-name",
    edits: [
      edit(
        CUTOVERS,
        "cutover.alarms.filter((alarm) => alarm.arn === alarmArn)",
        `cutover.alarms.filter((alarm) => alarm.arn.split(":").at(-1) === alarmArn.split(":").at(-1))`,
      ),
    ],
    breaks: "P8",
    why: "the alarm of another account sends everything back, because it has the same name",
    expected: { within: 10, amid: "alarms-in-company" },
  },
  {
    name: "any-change-goes-back",
    edits: [edit(ANSWER, `state === "ALARM"\n`, `state !== ""\n`)],
    breaks: "P8",
    why: "an alarm that is over sends everything back",
    expected: { within: 10, amid: "alarms-in-company" },
  },
  {
    name: "alarm-as-old-as-its-post",
    edits: [
      edit(
        EVENT,
        `alarmAt: read.instant(message["StateChangeTime"], "StateChangeTime"),`,
        `alarmAt: read.instant(read.object(record["Sns"], "Sns")["Timestamp"], "Timestamp"),`,
      ),
    ],
    breaks: "P3",
    why: "an alarm that comes hours late by a topic is taken for one of now",
    expected: { within: 100, amid: "alarms-in-company" },
  },
];
