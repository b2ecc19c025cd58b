import { edit, type Fault } from "../fault.ts";

const EVENT = "src/edge/alarm-event.ts";

/** Mistakes with alarms over other alarms. */
export const ALARMS_OVER_ALARMS: readonly Fault[] = [
  {
    name: "suppressed-does-not-count",
    edits: [
      edit(
        "src/snapshot/take-snapshot.ts",
        "const read = new Map(seen.alarms.value.map((alarm) => [alarm.arn, alarm]));",
        `const read = new Map(
    seen.alarms.value.map((alarm) => [
      alarm.arn,
      alarm.suppressor === undefined ? alarm : { ...alarm, state: "OK" as const },
    ]),
  );`,
      ),
    ],
    breaks: "P2",
    why: "an alarm whose actions something else may suppress is taken for quiet",
    expected: { within: 10, amid: "alarms-over-alarms" },
  },
  {
    name: "alarm-before-is-no-news",
    edits: [
      edit(
        EVENT,
        `const described = (read: EventReader, via: AlarmWay, alarmArn: unknown, of: Fields): AlarmEvent => {
  const state = read.object(of["state"], "state");`,
        `const described = (read: EventReader, via: AlarmWay, alarmArn: unknown, of: Fields): AlarmEvent => {
  const was = read.object(of["previousState"] ?? {}, "previousState");
  const state = was["value"] === "ALARM" ? was : read.object(of["state"], "state");
  if (was["value"] === "ALARM") return { kind: "alarm", alarmArn: String(alarmArn), state: "OK", alarmAt: read.instant(was["timestamp"], "previousState.timestamp"), via };`,
      ),
    ],
    breaks: "P2",
    why: "an alarm that changes from ALARM to ALARM, because it may act again, is taken for no change",
    expected: { within: 50, amid: "alarms-over-alarms" },
  },
  {
    name: "rehearsal-leaves-its-alarm-ringing",
    edits: [
      edit(
        "src/guard/drill-walk.ts",
        "if (isOurs) await ports.alarmSetter.set(",
        "if (isOurs && alarm.arn === REASON) await ports.alarmSetter.set(",
      ),
    ],
    breaks: "P7",
    why: "a rehearsal waits for its alarm to come back by itself, which one over other alarms does not",
    expected: { within: 10, amid: "alarms-over-alarms" },
  },
];
