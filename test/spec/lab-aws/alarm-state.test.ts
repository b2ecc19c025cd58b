import { describe, expect, it } from "vitest";
import { type AlarmState, evaluateAlarm, type MissingData } from "../../../lab/aws/cloudwatch/alarm-state.ts";

/** `-` no datum, `0` a good one, `X` a breaching one; oldest first, as CloudWatch's own documents draw them. */
const range = (drawn: string) =>
  [...drawn].map((sign, at) => (sign === "-" ? undefined : { at, value: sign === "X" ? 1 : 0 }));

const judge = (drawn: string, datapointsToAlarm: number, treatMissing: MissingData): AlarmState | null =>
  evaluateAlarm(
    { evaluationPeriods: 3, datapointsToAlarm, treatMissing, breaches: (value) => value > 0.5 },
    range(drawn),
  ).state;

const MODES = ["missing", "ignore", "breaching", "notBreaching"] as const;
const all = (drawn: string, datapointsToAlarm: number) => MODES.map((mode) => judge(drawn, datapointsToAlarm, mode));

/** The examples that AWS documents for an evaluation range of five; null: the state stays as it is. */
describe("an alarm over three periods", () => {
  it.each([
    ["0-X-X", ["OK", "OK", "OK", "OK"]],
    ["----0", ["OK", "OK", "OK", "OK"]],
    ["-----", ["INSUFFICIENT_DATA", null, "ALARM", "OK"]],
    ["0XX-X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["--X--", ["ALARM", null, "ALARM", "OK"]],
    ["00XXX", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["XXX00", ["OK", "OK", "OK", "OK"]],
  ])("of which all must breach reads %s", (drawn, states) => {
    expect(all(drawn, 3)).toEqual(states);
  });

  it.each([
    ["0-X-X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["00X0X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["0-X--", ["OK", "OK", "ALARM", "OK"]],
    ["----0", ["OK", "OK", "ALARM", "OK"]],
    ["---X-", ["ALARM", null, "ALARM", "OK"]],
    ["---XX", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["----X", [null, null, "ALARM", "OK"]],
  ])("of which two must breach reads %s", (drawn, states) => {
    expect(all(drawn, 2)).toEqual(states);
  });

  it("is caught by errors minutes apart where the metric is silent in between", () => {
    expect(judge("X-0-X", 2, "notBreaching")).toBe("ALARM");
    expect(judge("00-0X", 2, "notBreaching")).toBe("OK");
  });
});
