import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTopics, type Topics } from "../../lab/aws/sns/topics.ts";
import { createQueues } from "../../lab/aws/sqs/queues.ts";
import { startLabClock } from "../../lab/clock.ts";
import { systemNow } from "../../src/adapters/clock/system-clock.ts";
import type { Notification, NotifyPort } from "../../src/guard/ports.ts";
import { requestingPorts } from "../../src/wiring-cli.ts";
import { type LabAccount, startAccount } from "./lab-account.ts";
import { soonEnough } from "./sample-state.ts";

const TOPIC = "arn:aws:sns:us-east-1:000000000000:pawl";

let account: LabAccount;
let topics: Topics;
let notify: (topic?: string) => NotifyPort;

beforeAll(async () => {
  const context = { clock: startLabClock(1), dir: "", log: () => {} };
  topics = createTopics(context, createQueues(context, { publish: () => {}, publishEmf: () => {} }));
  await topics.provider.create("Topic", "AWS::SNS::Topic", { TopicName: "pawl" });
  account = await startAccount(topics.api);
  notify = (topic = TOPIC) => requestingPorts({ ...account.env, PAWL_TOPIC_ARN: topic }, systemNow).notify;
});
afterAll(() => account.close());

const page: Notification = {
  id: "orders/3/41/rollback",
  cutover: "orders",
  subject: "orders: rolling back",
  body: "green.errors5xx 4 % > 1 %\nexpected: lossless",
  urgency: "page",
};

describe("a notification on the topic", () => {
  test("arrives with its words, and with id, cutover and urgency to tell repeats and pages by", async () => {
    expect(await notify().send(page, soonEnough)).toEqual({ ok: true, value: undefined });
    expect(topics.published().at(-1)).toMatchObject({
      topicArn: TOPIC,
      subject: page.subject,
      message: page.body,
      attributes: { id: page.id, cutover: "orders", urgency: "page" },
    });
  });

  test("has a subject that SNS takes, whatever a policy is called", async () => {
    const subject = `orders: ${"grün — “ok”\n".repeat(20)}`;
    expect(await notify().send({ ...page, subject }, soonEnough)).toMatchObject({ ok: true });
    expect(topics.published().at(-1)?.subject).toMatch(/^orders: gr n +ok gr n[\x20-\x7e]*$/);
    expect(topics.published().at(-1)?.subject?.length).toBeLessThan(100);
  });

  test.each([
    ["half a sign, as where a connector's own words were cut off", `trace: ${"🔥".slice(0, 1)}`, /^trace: \ufffd$/],
    ["a sign that is no text", "0x00: \u0000\u001b[31m\tin a row\n", /^0x00: {3}\[31m\tin a row\n$/],
    ["no word", "", /^\S+/],
    ["more than SNS takes", "é".repeat(300_000), /^é{10000,}…$/],
  ])("goes out with %s in it: what cannot be sent would keep everything behind it back", async (_what, body, shown) => {
    expect(await notify().send({ ...page, body }, soonEnough)).toEqual({ ok: true, value: undefined });
    expect(topics.published().at(-1)?.message).toMatch(shown);
    expect(Buffer.byteLength(topics.published().at(-1)?.message ?? "")).toBeLessThan(256 * 1_024);
  });

  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
    fc.constantFrom("", " ", "\n\t", "\u0000", "\ufffe\uffff", "é", "— orders", "\ud83d"),
    fc
      .tuple(fc.constantFrom("a", "é", "€", "🔥", "\u0000"), fc.integer({ min: 90, max: 300_000 }))
      .map(([sign, many]) => sign.repeat(many)),
  );

  test("is one that SNS takes, and a queue behind the topic, whatever its words are", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (subject, body) => {
        expect(await notify().send({ ...page, subject, body }, soonEnough)).toEqual({ ok: true, value: undefined });
        // What SQS takes, by its documents.
        expect(topics.published().at(-1)?.message).toMatch(
          /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u,
        );
        expect(topics.published().at(-1)?.message).toMatch(/\S/);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test("that cannot be sent is an outside failure", async () => {
    expect(await notify(`${TOPIC}-gone`).send(page, soonEnough)).toMatchObject({ ok: false });
  });
});
