import { existsSync } from "node:fs";
import { type RecordLine, readRecord } from "../receipts/record.ts";
import { type KnownOrder, knownOrder } from "./orders-of-user.ts";

/** The orders each user has according to the record so far: those it was given at the start, or left by a former load. */
export const ordersFromRecord = async (path: string): Promise<ReadonlyMap<string, readonly KnownOrder[]>> => {
  const users = new Map<string, Map<string, KnownOrder>>();
  if (!existsSync(path)) return new Map();
  for await (const line of readRecord(path)) {
    const orders = users.get(line.user) ?? new Map<string, KnownOrder>();
    users.set(line.user, orders);
    if (line.op === "read" || line.key === null) continue;
    const order = orders.get(line.key) ?? knownOrder(line.key, 0);
    orders.set(line.key, order);
    follow(order, line);
    if (line.type === "ack" && line.op === "delete") orders.delete(line.key);
  }
  return new Map([...users].map(([user, orders]) => [user, [...orders.values()]]));
};

/** A write that was sent and whose end is not (yet) written leaves its order in doubt. */
const follow = (order: KnownOrder, line: RecordLine): void => {
  order.doubt = line.type === "intent" || line.type === "unknown" ? "alone" : "none";
  if (line.type === "ack" && line.version !== null) order.seen = line.version;
};
