import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import type { Intent } from "../receipts/record.ts";
import { type OrderContent, valueHash } from "../shop/order.ts";
import { orderStore } from "../shop/order-store.ts";
import { answerOf } from "./answer.ts";
import { newContent, newDelta } from "./content.ts";
import { seededRandom } from "./random.ts";
import { openRecorder } from "./recorder.ts";
import { userName } from "./users.ts";

export interface SeedSpec {
  /** Blue's database as role `shop`. */
  readonly blueUrl: string;
  /** The record that the load will go on with. */
  readonly receiptsPath: string;
  /** Starting orders, dealt to the users in turn. */
  readonly orders: number;
  readonly users: number;
  readonly seed?: number;
}

/** Puts starting orders into blue as its users would have, each with its receipt: there is nothing the checker must be told. */
export const seedOrders = async (spec: SeedSpec): Promise<void> => {
  const pool = new Pool({ connectionString: spec.blueUrl, max: 4 });
  // The server may be gone before a connection that we have given up is; nobody needs to hear of it.
  pool.on("error", () => {});
  const store = orderStore(pool, "blue");
  const random = seededRandom(spec.seed ?? 1);
  const recorder = openRecorder(spec.receiptsPath);
  const insert = async (user: string, opId: string, delta: string, content: OrderContent): Promise<void> => {
    const about = { opId, user, key: null, op: "insert", expectedVersion: 0, delta, sentAt: Date.now() } as const;
    const intent: Intent = { type: "intent", ...about, valueHash: valueHash(opId, content) };
    recorder.write(intent);
    const body = await store.insert(opId, delta, content);
    recorder.write(answerOf(intent, { kind: "done", side: "blue", body }, Date.now()));
  };
  try {
    for (let first = 0; first < spec.orders; first += 4) {
      const numbers = Array.from({ length: Math.min(4, spec.orders - first) }, (_, index) => first + index);
      await Promise.all(
        numbers.map((n) => insert(userName(n % spec.users), randomUUID(), newDelta(random), newContent(random))),
      );
    }
  } finally {
    recorder.close();
    await pool.end();
  }
};
