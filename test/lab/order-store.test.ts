import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newContent } from "../../lab/load/content.ts";
import { seededRandom } from "../../lab/load/random.ts";
import { valueHash } from "../../lab/shop/order.ts";
import { type OrderStore, orderStore } from "../../lab/shop/order-store.ts";
import { type ShopPair, startShopPair } from "../support/shop-pair.ts";

describe("orders on a real database", () => {
  let pair: ShopPair;
  let pool: Pool;
  let store: OrderStore;
  const content = newContent(seededRandom(3));

  beforeAll(async () => {
    pair = await startShopPair();
    pool = new Pool({ connectionString: pair.shopUrls.green, max: 8 });
    // The server may be gone before a connection that we have given up is; nobody needs to hear of it.
    pool.on("error", () => {});
    store = orderStore(pool, "green");
  });
  afterAll(async () => {
    await pool.end();
    await pair.stop();
  });

  const insert = async (): Promise<string> => {
    const outcome = await store.insert(randomUUID(), "10.00", content);
    return outcome.kind === "applied" ? outcome.id : expect.unreachable("an insert is never refused");
  };
  const eventsOf = async (id: string): Promise<number> =>
    (await pair.run("green", "select 1 from appdb.order_events where order_id = $1", [id])).length;

  it("shows an order as it was written, whatever its columns hold", async () => {
    const opId = randomUUID();
    for (let seed = 0; seed < 40; seed++) {
      const awkward = newContent(seededRandom(seed));
      const written = await store.insert(randomUUID(), "0.10", awkward);
      const shown = written.kind === "applied" ? await store.read(written.id) : null;
      expect(shown && valueHash(opId, shown.content)).toBe(valueHash(opId, awkward));
    }
  });

  it("applies an update at the expected version, with its delta and its event", async () => {
    const id = await insert();
    const outcome = await store.update(randomUUID(), id, 1, "2.50", { status: "paid" });
    expect(outcome).toEqual({ kind: "applied", id, version: 2, repeated: false });
    expect(await store.read(id)).toMatchObject({ version: 2, total: "12.50", content: { status: "paid" } });
    expect(await eventsOf(id)).toBe(2);
  });

  it("refuses where it is behind its user, and writes nothing", async () => {
    const id = await insert();
    expect(await store.update(randomUUID(), id, 2, "1.00", { status: "paid" })).toEqual({
      ...{ kind: "refused", why: "behind", version: 1 },
    });
    expect(await store.delete(randomUUID(), id, 2)).toMatchObject({ kind: "refused", why: "behind" });
    expect(await store.read(id)).toMatchObject({ version: 1, total: "10.00", content: { status: "placed" } });
    expect(await eventsOf(id)).toBe(1);
  });

  it("refuses where it is ahead of its user, and where it has no such row", async () => {
    const id = await insert();
    await store.update(randomUUID(), id, 1, "1.00", { status: "paid" });
    expect(await store.update(randomUUID(), id, 1, "1.00", { status: "packed" })).toEqual({
      ...{ kind: "refused", why: "ahead", version: 2 },
    });
    expect(await store.delete(randomUUID(), "999999999", 1)).toEqual({ kind: "refused", why: "behind", version: null });
  });

  it("answers a repeated operation with its first result, and does it once", async () => {
    const id = await insert();
    const [update, remove, again] = [randomUUID(), randomUUID(), randomUUID()];
    await store.update(update, id, 1, "1.00", { status: "paid" });
    expect(await store.update(update, id, 1, "1.00", { status: "paid" })).toMatchObject({ version: 2, repeated: true });
    expect(await store.read(id)).toMatchObject({ version: 2, total: "11.00" });
    await store.delete(remove, id, 2);
    expect(await store.delete(remove, id, 2)).toEqual({ kind: "applied", id, version: 3, repeated: true });
    const first = await store.insert(again, "1.00", content);
    expect(await store.insert(again, "1.00", content)).toEqual({ ...first, repeated: true });
  });

  it("does an operation once when the same is sent many times at once", async () => {
    const id = await insert();
    const [update, born] = [randomUUID(), randomUUID()];
    const updates = await Promise.all(
      Array.from({ length: 8 }, () => store.update(update, id, 1, "1.00", { status: "paid" })),
    );
    expect(updates.every((outcome) => outcome.kind === "applied" && outcome.version === 2)).toBe(true);
    expect(await store.read(id)).toMatchObject({ version: 2, total: "11.00" });
    const inserts = await Promise.all(Array.from({ length: 8 }, () => store.insert(born, "1.00", content)));
    expect(new Set(inserts.map((outcome) => (outcome.kind === "applied" ? outcome.id : "refused"))).size).toBe(1);
    expect(await pair.run("green", "select 1 from appdb.orders where ref = $1", [born])).toHaveLength(1);
  });

  it("lets one of two different operations on the same version win", async () => {
    const id = await insert();
    const both = await Promise.all(
      ["paid", "packed"].map((status) => store.update(randomUUID(), id, 1, "1.00", { status: status as "paid" })),
    );
    expect(both.map((outcome) => outcome.kind).sort()).toEqual(["applied", "refused"]);
    expect(await store.read(id)).toMatchObject({ version: 2, total: "11.00" });
  });
});
