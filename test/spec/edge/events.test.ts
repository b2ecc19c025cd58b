import { describe, expect, test } from "vitest";
import { parseRollbackEvent, parseTickEvent, parseWorkerEvent } from "../../../src/edge/events.ts";
import { PawlError } from "../../../src/kernel/pawl-error.ts";

const ALARM = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-orders-green-5xx-ratio";
const FIRED_AT = Date.UTC(2026, 10, 22, 3, 4, 8, 431);

const byAction = {
  source: "aws.cloudwatch",
  alarmArn: ALARM,
  accountId: "000000000000",
  time: "2026-11-22T03:04:08.456+0000",
  region: "us-east-1",
  alarmData: {
    alarmName: "pawl-orders-green-5xx-ratio",
    state: { value: "ALARM", reason: "Threshold Crossed", timestamp: "2026-11-22T03:04:08.431+0000" },
    previousState: { value: "OK", timestamp: "2026-11-22T02:00:08.431+0000" },
    configuration: { metrics: [] },
  },
};
const byEventBridge = {
  version: "0",
  "detail-type": "CloudWatch Alarm State Change",
  source: "aws.cloudwatch",
  time: "2026-11-22T03:04:09Z",
  resources: [ALARM],
  detail: {
    alarmName: "pawl-orders-green-5xx-ratio",
    state: { value: "ALARM", reason: "Threshold Crossed", timestamp: "2026-11-22T03:04:08.431+0000" },
  },
};

describe("an event that rolls back", () => {
  const alarm = { kind: "alarm", alarmArn: ALARM, state: "ALARM", alarmAt: FIRED_AT };

  test("reads the same from an alarm's own action and from EventBridge", () => {
    expect(parseRollbackEvent(byAction)).toEqual(alarm);
    expect(parseRollbackEvent(byEventBridge)).toEqual(alarm);
  });

  test.each(["snapBack", "lowerPin"])("may be pawl's own request to %s", (kind) => {
    const request = { cutover: "orders", kind, epoch: 3 };
    expect(parseRollbackEvent(request)).toEqual(request);
  });

  test.each([
    ["another kind", { cutover: "orders", kind: "raisePin", epoch: 3 }, "known kind"],
    ["no epoch", { cutover: "orders", kind: "snapBack" }, "epoch"],
    [
      "a contributor's change",
      { ...byEventBridge, "detail-type": "CloudWatch Alarm Contributor State Change" },
      "kind",
    ],
    ["no ARN", { ...byEventBridge, resources: [] }, "ARN"],
    ["no instant", { ...byAction, alarmData: { state: { value: "ALARM", timestamp: "soon" } } }, "timestamp"],
    ["nothing", null, "object"],
  ])("is refused with %s, by name", (_what, event, named) => {
    expect(() => parseRollbackEvent(event)).toThrow(PawlError);
    expect(() => parseRollbackEvent(event)).toThrow(named);
  });
});

describe("an event of the schedule", () => {
  test("is of the minute, though it fires within it", () => {
    expect(parseTickEvent({ scheduledTime: "2026-11-22T03:04:27Z" })).toEqual({ tick: Date.UTC(2026, 10, 22, 3, 4) });
  });

  test("names the cutover on its way to a worker", () => {
    expect(parseWorkerEvent({ cutover: "orders", tick: "2026-11-22T03:04:00.000Z" })).toEqual({
      cutover: "orders",
      tick: Date.UTC(2026, 10, 22, 3, 4),
    });
  });

  test.each([[{}], [{ scheduledTime: 1 }], [[]], ["2026-11-22T03:04:00Z"]])("is refused when it is %j", (event) => {
    expect(() => parseTickEvent(event)).toThrow(/not a tick of the schedule/);
    expect(() => parseWorkerEvent(event)).toThrow(/not a tick of one cutover/);
  });
});
