import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { knownOrder } from "../../../lab/load/orders-of-user.ts";
import { seededRandom } from "../../../lab/load/random.ts";
import type { CallEnd, ShopCall } from "../../../lab/load/shop-client.ts";
import { User } from "../../../lab/load/user.ts";
import type { Intent, RecordLine } from "../../../lab/receipts/record.ts";
import type { OrderContent } from "../../../lab/shop/order.ts";

const content: OrderContent = {
  ...{ customer: "Ada", status: "placed", quantity: 1, note: "n", tags: [], payload: {}, paid: false, weight: 1 },
  ...{ placedOn: "2026-01-01", attachment: null },
};
const shows = (version: number): CallEnd => ({
  kind: "done",
  side: "blue",
  body: { id: "1", version, total: "1.00", ref: "r", content },
});
const done = (version: number): CallEnd => ({ kind: "done", side: "blue", body: { id: "9", version } });
const behind: CallEnd = { kind: "refused", side: "green", version: 2 };
const ahead: CallEnd = { kind: "refused", side: "green", version: 9 };
const absent: CallEnd = { kind: "absent", side: "green" };
const reset: CallEnd = { kind: "unknown", side: null, status: null, why: "ECONNRESET" };

/** A user with eight orders, as many as it wants, of which it has seen version 3; the shop answers what it is told to. */
const userWithOrders = () => {
  const calls: ShopCall[] = [];
  const record: RecordLine[] = [];
  const shop = { answer: shows(3) };
  const user = new User({
    name: "ada",
    random: seededRandom(7),
    orders: ["1", "2", "3", "4", "5", "6", "7", "8"].map((key) => knownOrder(key, 3, content)),
    client: {
      call: async (call) => {
        calls.push(call);
        return record.at(-1)?.type === "intent"
          ? shop.answer
          : Promise.reject(new Error("sent before it was recorded"));
      },
      close: async () => {},
    },
    intend: (line) => record.push(line),
    answered: (line) => record.push(line),
  });
  const act = async (what: "read" | "write", answer: CallEnd): Promise<Intent> => {
    shop.answer = answer;
    const before = record.length;
    await user[what]();
    return record[before] as Intent;
  };
  return { user, calls, record, act };
};

describe("a user of the shop", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());
  const later = () => vi.setSystemTime(Date.now() + 3_000);

  it("writes conditional on the version it has seen, acked or read", async () => {
    const { act } = userWithOrders();
    await act("read", shows(5));
    const expected: number[] = [];
    for (let tries = 0; tries < 60; tries++) {
      const { op, key, expectedVersion } = await act("write", done(6));
      if (op === "update" && key !== "9") expected.push(expectedVersion);
    }
    // What was read showed version 5, everything else was known as 3, and whatever was written came back as 6.
    expect(new Set(expected)).toEqual(new Set([3, 5, 6]));
  });

  it("tries a refused write again later, under the same id and with the same expectation", async () => {
    const { act } = userWithOrders();
    const first = await act("write", behind);
    later();
    const { opId, key, expectedVersion, valueHash } = await act("write", done(4));
    expect({ opId, key, expectedVersion, valueHash }).toEqual({
      ...{ opId: first.opId, key: first.key, expectedVersion: 3, valueHash: first.valueHash },
    });
  });

  it("does not try a refused write again at once, and writes nothing else to that order meanwhile", async () => {
    const { act } = userWithOrders();
    const first = await act("write", behind);
    for (let tries = 0; tries < 50; tries++) expect((await act("write", reset)).key).not.toBe(first.key);
  });

  it("looks before it writes where a side shows more than it has seen", async () => {
    const { act } = userWithOrders();
    const first = await act("write", ahead);
    later();
    expect((await act("write", done(4))).opId).not.toBe(first.opId);
    expect((await act("read", shows(9))).key).toBe(first.key);
    expect(await act("write", done(10))).toMatchObject({ opId: first.opId, expectedVersion: 9 });
  });

  it("leaves an order alone whose write has no known end, until the streams have been drained", async () => {
    const { user, act } = userWithOrders();
    const { key } = await act("write", reset);
    for (let tries = 0; tries < 50; tries++) expect((await act("read", shows(3))).key).not.toBe(key);
    user.drained();
    expect((await act("read", shows(4))).key).toBe(key);
    for (let tries = 0; tries < 100; tries++) {
      const again = await act("read", shows(4));
      if (again.key !== key) continue;
      expect(again.expectedVersion).toBe(4);
      return;
    }
    expect.unreachable("it never came back to that order");
  });

  it("forgets an order of which nothing is left after the streams have been drained", async () => {
    const { user, act } = userWithOrders();
    const { key } = await act("write", reset);
    user.drained();
    expect((await act("read", absent)).key).toBe(key);
    for (let tries = 0; tries < 50; tries++) expect((await act("read", shows(3))).key).not.toBe(key);
  });

  it("learns nothing from a side that is behind", async () => {
    const { act, record } = userWithOrders();
    for (let tries = 0; tries < 20; tries++) await act("read", tries % 2 === 0 ? absent : shows(2));
    expect((await act("write", done(4))).expectedVersion).toBe(3);
    expect(record[1]).toMatchObject({ type: "ack", op: "read", version: null, side: "green" });
  });

  it("writes no end into the record that it was not given", async () => {
    const { act, record } = userWithOrders();
    await act("write", reset);
    await act("write", { kind: "unknown", side: "green", status: 500, why: "HTTP 500" });
    expect(record.map((line) => line.type)).toEqual(["intent", "unknown", "intent", "unknown"]);
    expect(record[3]).toMatchObject({ side: "green", status: 500 });
  });
});
