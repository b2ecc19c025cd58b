import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseRollbackEvent, parseTickEvent, parseWorkerEvent } from "../../../src/edge/events.ts";
import { PawlError } from "../../../src/kernel/pawl-error.ts";

const ALARM = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-orders-green-5xx-ratio";
const FIRED_AT = Date.UTC(2026, 10, 22, 3, 4, 8, 431);

/** What AWS sends, kept as files: `<what>.<way>.json`. */
const payload = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, `payloads/${name}.json`), "utf8")) as Record<string, unknown>;
const byAction = payload("metric.action");
const byEventBridge = payload("metric.eventbridge");
const bySns = payload("metric.sns");
const [record] = bySns["Records"] as [{ readonly Sns: object }];
const withMessage = (Message: unknown) => ({ Records: [{ ...record, Sns: { ...record.Sns, Message } }] });

describe("an event that rolls back", () => {
  const COMPOSITE = ALARM.replace("pawl-orders-green-5xx-ratio", "checkout-broken");
  const FREED_AT = FIRED_AT + 120_000;

  test.each([
    ["metric.action", ALARM, FIRED_AT, "action"],
    ["metric.eventbridge", ALARM, FIRED_AT, "eventbridge"],
    ["metric.sns", ALARM, FIRED_AT, "sns"],
    ["composite.action", COMPOSITE, FIRED_AT, "action"],
    ["composite.eventbridge", COMPOSITE, FIRED_AT, "eventbridge"],
    ["composite.sns", COMPOSITE, FIRED_AT, "sns"],
    // Its actions are suppressed, and it is in ALARM all the same.
    ["composite-suppressed.eventbridge", COMPOSITE, FIRED_AT, "eventbridge"],
    // From ALARM to ALARM: what suppressed its actions is over.
    ["composite-freed.action", COMPOSITE, FREED_AT, "action"],
  ])("is read from AWS's own payload: %s", (name, alarmArn, alarmAt, via) => {
    expect(parseRollbackEvent(payload(name))).toEqual({ kind: "alarm", alarmArn, state: "ALARM", alarmAt, via });
  });

  test("is read from EventBridge's event where a rule publishes it to a topic", () => {
    expect(parseRollbackEvent(withMessage(JSON.stringify(byEventBridge)))).toEqual({
      ...parseRollbackEvent(byEventBridge),
      via: "sns",
    });
  });

  test("is read from every record that SNS hands over", () => {
    expect(parseRollbackEvent({ Records: [record, ...withMessage(JSON.stringify(byEventBridge)).Records] })).toEqual({
      kind: "alarms",
      changes: [parseRollbackEvent(bySns), { ...parseRollbackEvent(byEventBridge), via: "sns" }],
    });
  });

  test.each([
    ["no record of SNS", {}, "Sns"],
    ["a test message", withMessage("hello").Records[0], "Sns.Message is not JSON"],
  ])("is read beside %s, which is told of afterwards", (_what, other, named) => {
    const event = parseRollbackEvent({ Records: [other, record] });
    expect(event).toMatchObject({ kind: "alarms", changes: [parseRollbackEvent(bySns)] });
    expect("unread" in event && event.unread?.message).toContain(named);
  });

  test.each(["2026-11-22T03:04:08.431+0000", "2026-11-22T03:04:08.431Z", "2026-11-22T04:04:08.431+01:00"])(
    "means the same instant by %s",
    (timestamp) => {
      const event = { alarmArn: ALARM, alarmData: { state: { value: "OK", timestamp } } };
      expect(parseRollbackEvent(event)).toMatchObject({ alarmAt: FIRED_AT, state: "OK" });
    },
  );

  test.each(["snapBack", "lowerPin"])("may be pawl's own request to %s", (kind) => {
    const request = { cutover: "orders", kind, epoch: 3 };
    expect(parseRollbackEvent(request)).toEqual(request);
  });

  test("it names the tick that found the reason; one of an older release does not", () => {
    const request = { cutover: "orders", kind: "snapBack", epoch: 3 };
    expect(parseRollbackEvent({ ...request, tick: "2026-11-22T03:04:00.000Z" })).toEqual({
      ...request,
      tick: Date.parse("2026-11-22T03:04:00Z"),
    });
    expect(parseRollbackEvent(request)).toEqual(request);
    expect(() => parseRollbackEvent({ ...request, tick: "soon" })).toThrow("tick is not an instant");
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
    ["no record", { Records: [] }, "Records is empty"],
    ["two records that are none", { Records: [{}, {}] }, "Sns"],
    ["a message of SNS that is no JSON", withMessage("ALARM!"), "Sns.Message is not JSON"],
    ["a message of SNS that is a list", withMessage("[]"), "Sns.Message is not an object"],
    ["a message of SNS about something else", withMessage("{}"), "AlarmArn"],
    [
      "pawl's own request in a message of SNS",
      withMessage('{"kind":"lowerPin","cutover":"orders","epoch":3}'),
      "AlarmArn",
    ],
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

  test("is of a whole minute for a worker, too", () => {
    expect(parseWorkerEvent({ cutover: "orders", tick: "2026-11-22T03:04:27Z" }).tick).toBe(
      Date.UTC(2026, 10, 22, 3, 4),
    );
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
