import type { OrderChange, OrderContent } from "../shop/order.ts";
import type { Random } from "./random.ts";

/** A change that a user wants done; tried again under the same id until it is done or nobody knows whether it is. */
export type WantedChange =
  | { readonly op: "update"; readonly opId: string; readonly delta: string; readonly fields: OrderChange }
  | { readonly op: "delete"; readonly opId: string };

/** One order as its only writer knows it. */
export interface KnownOrder {
  readonly key: string;
  /** The highest version seen, acked or read, on either side. */
  seen: number;
  /** Content of that version; null until it has been read. */
  content: OrderContent | null;
  /** A write that a side refused, to be tried again at this time. */
  refused: { readonly change: WantedChange; readonly againAt: number } | null;
  /** Nobody knows whether the last write was done: `alone` until the streams have been drained, then `look` once. */
  doubt: "none" | "alone" | "look";
}

export const knownOrder = (key: string, seen: number, content: OrderContent | null = null): KnownOrder => ({
  key,
  seen,
  content,
  refused: null,
  doubt: "none",
});

/** The order whose outcome may be looked at now, else any order that is not in doubt. */
export const orderToRead = (orders: readonly KnownOrder[], random: Random): KnownOrder | null => {
  const toLookAt = orders.find((order) => order.doubt === "look");
  if (toLookAt !== undefined) return toLookAt;
  const open = orders.filter((order) => order.doubt === "none");
  const unread = open.filter((order) => order.content === null);
  if (unread.length > 0) return random.pick(unread);
  return open.length === 0 ? null : random.pick(open);
};

/** An order whose content the user knows, so that it can say what a write will leave behind. */
export type ReadOrder = KnownOrder & { content: OrderContent };

const isWritable = (order: KnownOrder): order is ReadOrder => order.content !== null && order.doubt === "none";

/** A refused write whose time has come. */
export const writeToRetry = (
  orders: readonly KnownOrder[],
  now: number,
): { readonly order: ReadOrder; readonly change: WantedChange } | null => {
  for (const order of orders)
    if (isWritable(order) && order.refused !== null && order.refused.againAt <= now)
      return { order, change: order.refused.change };
  return null;
};

/** An order that a new write may go to: known, undisputed and with no write waiting. */
export const orderToWrite = (orders: readonly KnownOrder[], random: Random): ReadOrder | null => {
  const free = orders.filter(isWritable).filter((order) => order.refused === null);
  return free.length === 0 ? null : random.pick(free);
};
