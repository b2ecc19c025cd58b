import { randomUUID } from "node:crypto";
import type { Answer, Intent } from "../receipts/record.ts";
import { valueHash } from "../shop/order.ts";
import { answerOf } from "./answer.ts";
import { newChange, newContent, newDelta } from "./content.ts";
import {
  type KnownOrder,
  knownOrder,
  orderToRead,
  orderToWrite,
  type ReadOrder,
  type WantedChange,
  writeToRetry,
} from "./orders-of-user.ts";
import type { Random } from "./random.ts";
import type { CallEnd, ReadBody, ShopCall, ShopClient, WrittenBody } from "./shop-client.ts";

export interface UserSpec {
  readonly name: string;
  readonly random: Random;
  readonly client: ShopClient;
  /** Orders it already has, from the record. */
  readonly orders: readonly KnownOrder[];
  /** Written to the record before the request leaves. */
  readonly intend: (intent: Intent) => void;
  readonly answered: (answer: Answer) => void;
}

const MOST_ORDERS = 8;
const FEWEST_ORDERS = 2;

/** One user of the shop: does one thing at a time, and is the only one who writes its orders. */
export class User {
  readonly #of: UserSpec;
  #orders: KnownOrder[];
  #cookies = new Map<string, string>();
  #sessionEndsAt = 0;

  constructor(of: UserSpec) {
    this.#of = of;
    this.#orders = [...of.orders];
  }

  /** Both streams have been drained while nobody wrote: what this user is in doubt about can be looked at now. */
  drained(): void {
    for (const order of this.#orders) if (order.doubt === "alone") order.doubt = "look";
  }

  /** Reads one of its orders. A user without any does nothing. */
  async read(): Promise<void> {
    const order = orderToRead(this.#orders, this.#of.random);
    if (order === null) return;
    const opId = randomUUID();
    const end = await this.#perform(
      { opId, op: "read", key: order.key, expectedVersion: order.seen, valueHash: null, delta: null },
      { method: "GET", path: `/orders/${order.key}` },
    );
    if (end.kind === "done") this.#learn(order, end.body as ReadBody);
    if (end.kind === "absent" && order.doubt === "look") this.#forget(order);
  }

  /** Tries a refused write again, or thinks of a new one. */
  async write(): Promise<void> {
    const { random } = this.#of;
    const again = writeToRetry(this.#orders, Date.now());
    if (again !== null) return await this.#change(again.order, again.change);
    const order = orderToWrite(this.#orders, random);
    const count = this.#orders.length;
    if (order === null || count < FEWEST_ORDERS || (count < MOST_ORDERS && random.next() < 0.2))
      return await this.#insert();
    const opId = randomUUID();
    if (count > FEWEST_ORDERS && random.next() < 0.2) return await this.#change(order, { op: "delete", opId });
    const fields = newChange(random, order.content);
    await this.#change(order, { op: "update", opId, delta: newDelta(random), fields });
  }

  async #insert(): Promise<void> {
    const { random } = this.#of;
    const [opId, total, content] = [randomUUID(), newDelta(random), newContent(random)];
    const end = await this.#perform(
      { opId, op: "insert", key: null, expectedVersion: 0, valueHash: valueHash(opId, content), delta: total },
      { method: "POST", path: "/orders", body: { total, content } },
    );
    // An insert of unknown end has no key that anyone could come back to; its event tells the checker what became of it.
    if (end.kind !== "done") return;
    const { id, version } = end.body as WrittenBody;
    this.#orders.push(knownOrder(id, version, content));
  }

  async #change(order: ReadOrder, change: WantedChange): Promise<void> {
    const { opId, op } = change;
    const { key, seen: expectedVersion } = order;
    const content = op === "update" ? { ...order.content, ...change.fields } : null;
    const hash = content === null ? null : valueHash(opId, content);
    const end = await this.#perform(
      { opId, op, key, expectedVersion, valueHash: hash, delta: op === "update" ? change.delta : null },
      op === "update"
        ? {
            method: "PATCH",
            path: `/orders/${key}`,
            body: { expectedVersion, delta: change.delta, change: change.fields },
          }
        : { method: "DELETE", path: `/orders/${key}?expectedVersion=${expectedVersion}` },
    );
    if (end.kind === "refused") return this.#postpone(order, change, end.version);
    order.refused = null;
    if (end.kind !== "done") order.doubt = "alone";
    else if (content === null) this.#forget(order);
    else Object.assign(order, { seen: (end.body as WrittenBody).version, content });
  }

  #postpone(order: KnownOrder, change: WantedChange, shown: number | null): void {
    order.refused = { change, againAt: Date.now() + this.#of.random.between(500, 2_500) };
    // The side is ahead of us, so somebody else wrote our order: look at it first, never write over it.
    if (shown !== null && shown > order.seen) order.content = null;
  }

  /** An older version than the one seen comes from a side that is behind, and teaches nothing. */
  #learn(order: KnownOrder, shown: ReadBody): void {
    if (shown.version < order.seen) return;
    if (shown.version > order.seen || order.content === null)
      Object.assign(order, { seen: shown.version, content: shown.content });
    if (order.doubt === "look") order.doubt = "none";
  }

  #forget(order: KnownOrder): void {
    this.#orders = this.#orders.filter((other) => other !== order);
  }

  /** Sends within the current session; every 5 to 15 s a new one begins, without cookies. */
  async #perform(about: Omit<Intent, "type" | "user" | "sentAt">, call: Omit<ShopCall, "opId">): Promise<CallEnd> {
    const sentAt = Date.now();
    if (sentAt >= this.#sessionEndsAt) {
      this.#cookies = new Map();
      this.#sessionEndsAt = sentAt + this.#of.random.between(5_000, 15_000);
    }
    const intent: Intent = { type: "intent", user: this.#of.name, ...about, sentAt };
    this.#of.intend(intent);
    const end = await this.#of.client.call({ opId: about.opId, ...call }, this.#cookies);
    this.#of.answered(answerOf(intent, end, Date.now()));
    return end;
  }
}
