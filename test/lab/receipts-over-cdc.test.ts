import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerOf } from "../../lab/load/answer.ts";
import { newContent } from "../../lab/load/content.ts";
import { seededRandom } from "../../lab/load/random.ts";
import { openRecorder } from "../../lab/load/recorder.ts";
import { type ShopCall, shopClient } from "../../lab/load/shop-client.ts";
import { isClean, type Verdicts } from "../../lab/receipts/check.ts";
import type { Intent } from "../../lab/receipts/record.ts";
import { vacuousBecause } from "../../lab/receipts/traffic.ts";
import { valueHash } from "../../lab/shop/order.ts";
import { rollbackSafety } from "../../src/decision/rollback-safety.ts";
import { durationMs, epochMs } from "../../src/kernel/units.ts";
import { type ShopOverCdc, startShopOverCdc } from "../support/shop-over-cdc.ts";

const CALL_MS = durationMs(15_000);

describe("receipts over real change data capture", () => {
  let shop: ShopOverCdc;
  beforeAll(async () => {
    shop = await startShopOverCdc(() => {});
  });
  afterAll(() => shop?.stop());

  const counts = ({ lost, stale, duplicate, resurrected, ghost, half, unequal, findings }: Verdicts) => ({
    ...{ lost, stale, duplicate, resurrected, ghost, half, unequal, findings },
  });
  const nothing = {
    ...{ lost: 0, stale: 0, duplicate: 0, resurrected: 0, ghost: 0, half: 0, unequal: 0, findings: [] },
  };

  it("are clean after users were sent to green and back, and the proof is not an empty one", async () => {
    const changes = [shop.proxy.shift(50)];
    await sleep(20_000);
    changes.push(shop.proxy.shift(0, false));
    await sleep(3_000);
    await shop.load.pauseWrites();
    await shop.drain();
    const verdicts = await shop.check("both", changes);
    expect(counts(verdicts)).toEqual(nothing);
    expect(vacuousBecause(verdicts.traffic)).toEqual([]);
    expect(await shop.run("blue", "select * from appdb.pawl_conflict")).toEqual([]);
    await shop.load.drained();
    await shop.load.resumeWrites();
  });

  it("name a Kafka record that the sink was made to skip", async () => {
    await shop.load.pauseWrites();
    await shop.drain();
    const tester = await newUserOnBlue(shop);
    const { sink } = shop.cutover.streams.forward;
    await shop.drain();
    await stopSink(shop, sink);
    const written = await tester.update();
    await skipNextRecord(shop, sink, "migration.appdb.orders");
    await shop.drain();

    const verdicts = await shop.check();
    expect(verdicts.findings.map(({ verdict, subject, side }) => `${verdict} ${subject} ${side}`).sort()).toEqual([
      `half orders/${written} green`,
      `lost orders/${written} green`,
      `stale orders/${written} green`,
      `unequal orders/${written} both`,
    ]);

    // The next write carries the whole row, so the harm is mended by it.
    await tester.update();
    await shop.drain();
    expect(counts(await shop.check())).toEqual(nothing);
    await shop.load.resumeWrites();
  });

  it("name what is lost by a snap-back while the reverse sink is paused, and the label says so before", async () => {
    const { sink } = shop.cutover.streams.reverse;
    shop.proxy.shift(50);
    await sleep(4_000);
    await fetch(`${shop.stack.connectUrl}/connectors/${sink}/pause`, { method: "PUT" });
    await sleep(8_000);
    const at = epochMs(Date.now());
    const label = rollbackSafety(await shop.reach.streams.read(shop.cutover, CALL_MS), at).label;
    expect(["bounded", "unknown", "lossy"]).toContain(label);
    const { refused } = await shop.load.stats();
    shop.proxy.shift(0, false);
    // Few users choose, so soon, an order that they changed on green: a fixed wait of a few seconds sees none now and then.
    await expect
      .poll(async () => (await shop.load.stats()).refused, { timeout: 40_000, interval: 200 })
      .toBeGreaterThan(refused);
    await shop.load.pauseWrites();
    const { lost, unequal, staleReads, traffic } = await shop.check();
    expect(lost).toBeGreaterThan(0);
    expect(unequal).toBeGreaterThan(0);
    // Users came back to a blue that did not know what they had done: told stale reads, and refused, never overwritten.
    expect(staleReads).toBeGreaterThan(0);
    expect(traffic.refused).toBeGreaterThan(refused);

    await fetch(`${shop.stack.connectUrl}/connectors/${sink}/resume`, { method: "PUT" });
    await shop.drain(60_000);
    expect(isClean(await shop.check())).toBe(true);
  });
});

/** One more user, straight on blue, with one order; its receipts go into the same record. */
const newUserOnBlue = async (shop: ShopOverCdc): Promise<{ update(): Promise<string> }> => {
  const recorder = openRecorder(shop.receiptsPath);
  const client = shopClient(`http://127.0.0.1:${shop.fleets.blue.hosts[0]?.port}`);
  const content = newContent(seededRandom(11));
  const order = { key: "", version: 0 };
  const write = async (op: "insert" | "update", call: Omit<ShopCall, "opId">): Promise<void> => {
    const opId = randomUUID();
    const { key, version: expectedVersion } = order;
    const about = { opId, user: "tester", key: op === "insert" ? null : key, op, expectedVersion, sentAt: Date.now() };
    const intent: Intent = { type: "intent", ...about, valueHash: valueHash(opId, content), delta: "1.00" };
    recorder.write(intent);
    const answer = answerOf(intent, await client.call({ opId, ...call }, new Map()), Date.now());
    recorder.write(answer);
    if (answer.type !== "ack") throw new Error(`the tester's ${op} ended ${JSON.stringify(answer)}`);
    Object.assign(order, { key: answer.key, version: answer.version });
  };
  await write("insert", { method: "POST", path: "/orders", body: { total: "1.00", content } });
  return {
    update: async () => {
      const change = { status: content.status };
      const body = { expectedVersion: order.version, delta: "1.00", change };
      await write("update", { method: "PATCH", path: `/orders/${order.key}`, body });
      return order.key;
    },
  };
};

const stopSink = async (shop: ShopOverCdc, sink: string): Promise<void> => {
  await shop.reach.ports.connect.stop(sink, CALL_MS);
  for (;;) {
    const status = await shop.reach.ports.connect.status(sink, CALL_MS);
    if (status.ok && status.value.state === "STOPPED") return;
    await sleep(100);
  }
};

const endOf = async (shop: ShopOverCdc, topic: string): Promise<bigint | undefined> => {
  const positions = await shop.reach.ports.broker.positions(shop.cutover.streams.forward.group, [topic], CALL_MS);
  return positions.ok ? positions.value[0]?.end : undefined;
};

/** Moves the stopped sink's group one record on in this topic, and lets it go on. */
const skipNextRecord = async (shop: ShopOverCdc, sink: string, topic: string): Promise<void> => {
  const url = `${shop.stack.connectUrl}/connectors/${sink}/offsets`;
  const { offsets } = (await (await fetch(url)).json()) as {
    offsets: { partition: { kafka_topic: string; kafka_partition: number }; offset: { kafka_offset: number } }[];
  };
  const at = offsets.find(({ partition }) => partition.kafka_topic === topic)?.offset.kafka_offset;
  if (at === undefined) throw new Error(`the sink has no offset in ${topic}`);
  await expect.poll(() => endOf(shop, topic), { timeout: 30_000 }).toBe(BigInt(at) + 1n);
  const partition = { kafka_topic: topic, kafka_partition: 0 };
  const answer = await fetch(url, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ offsets: [{ partition, offset: { kafka_offset: at + 1 } }] }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  await shop.reach.ports.connect.resume(sink, CALL_MS);
};
