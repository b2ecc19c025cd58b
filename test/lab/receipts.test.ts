import { join } from "node:path";
import { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ordersFromRecord } from "../../lab/load/known-orders.ts";
import { seededRandom } from "../../lab/load/random.ts";
import { openRecorder } from "../../lab/load/recorder.ts";
import { seedOrders } from "../../lab/load/seed.ts";
import type { CallEnd, ShopClient } from "../../lab/load/shop-client.ts";
import { User } from "../../lab/load/user.ts";
import { type CheckMode, checkReceipts, isClean, type Verdicts } from "../../lab/receipts/check.ts";
import { VERDICTS } from "../../lab/receipts/verdicts.ts";
import { orderStore } from "../../lab/shop/order-store.ts";
import { answer } from "../../lab/shop/routes.ts";
import { type ShopPair, startShopPair } from "../support/shop-pair.ts";

const USERS = 20;

describe("the checker, on real databases whose rows somebody tampered with", () => {
  let pair: ShopPair;
  let receiptsPath: string;

  beforeAll(async () => {
    pair = await startShopPair();
    receiptsPath = join(pair.dir, "receipts.ndjson");
    await seedOrders({ blueUrl: pair.shopUrls.blue, receiptsPath, orders: 100, users: USERS });
    await letUsersWork(pair, receiptsPath);
    await pair.run("blue", "create table kept_orders as table appdb.orders");
    await pair.run("blue", "create table kept_events as table appdb.order_events");
  });
  afterAll(() => pair.stop());
  beforeEach(async () => {
    await pair.run("blue", "delete from appdb.orders");
    await pair.run("blue", "insert into appdb.orders table kept_orders");
    await pair.run("blue", "delete from appdb.order_events");
    await pair.run("blue", "insert into appdb.order_events table kept_events");
    await pair.copyToGreen();
  });

  const check = (mode: CheckMode = "both"): Promise<Verdicts> =>
    checkReceipts({
      receiptsPath,
      mode,
      ...{ dumpDir: pair.dir, blueUrl: pair.guardUrls.blue, greenUrl: pair.guardUrls.green },
    });
  const found = async (mode?: CheckMode): Promise<readonly string[]> => {
    const verdicts = await check(mode);
    return VERDICTS.filter((verdict) => verdicts[verdict] > 0);
  };
  /** An order that was updated and not deleted. */
  const someOrder = async (): Promise<string> => {
    const [row] = await pair.run("blue", "select id from appdb.orders where version > 2 order by id limit 1");
    return String(row?.["id"]);
  };

  it("finds nothing where nothing was done, and the same from the dumps alone", async () => {
    const verdicts = await check();
    expect(isClean(verdicts)).toBe(true);
    expect(verdicts.traffic.ackedWrites).toBeGreaterThan(300);
    expect(verdicts.rows.blue).toBe(verdicts.rows.green);
    expect(await checkReceipts({ receiptsPath, mode: "both", dumpDir: pair.dir })).toEqual(verdicts);
  });

  it("names a row deleted behind its back", async () => {
    await pair.run("green", "delete from appdb.orders where id = $1", [await someOrder()]);
    expect(await found()).toEqual(["lost", "half", "unequal"]);
  });

  it("names an old version restored", async () => {
    const id = await someOrder();
    await pair.run(
      "green",
      `update appdb.orders o set version = e.version, ref = e.op_id, total = total - (
         select sum(delta) from appdb.order_events where order_id = o.id and version > e.version)
         from appdb.order_events e where o.id = $1 and e.order_id = o.id and e.version = o.version - 1`,
      [id],
    );
    expect(await found()).toEqual(["lost", "stale", "half", "unequal"]);
  });

  it("names a record that was skipped: an event that never arrived", async () => {
    await pair.run("green", "delete from appdb.order_events where order_id = $1 and version = 2", [await someOrder()]);
    expect(await found()).toEqual(["lost", "unequal"]);
  });

  it("names a deleted key that is inserted again", async () => {
    const [gone] = await pair.run("blue", "select order_id from appdb.order_events where kind = 'delete' limit 1");
    await pair.run(
      "green",
      `insert into appdb.orders (id, customer, ref, side) select $1, 'back', op_id, 'blue' from appdb.order_events
        where order_id = $1 and kind = 'insert'`,
      [gone?.["order_id"]],
    );
    expect(await found()).toEqual(expect.arrayContaining(["resurrected", "unequal"]));
  });

  it("names a delta that was overwritten, also where both sides agree about it", async () => {
    const id = await someOrder();
    for (const side of ["blue", "green"] as const)
      await pair.run(side, "update appdb.orders set total = total - 0.01 where id = $1", [id]);
    expect(await found()).toEqual(["lost"]);
  });

  it("names a row that is there twice", async () => {
    await pair.run(
      "green",
      `insert into appdb.orders (id, customer, status, total, quantity, version, note, tags, payload, ref, side, paid, weight)
       select id + 1000000, customer, status, total, quantity, version, note, tags, payload, ref, side, paid, weight
         from appdb.orders where id = $1`,
      [await someOrder()],
    );
    expect(await found()).toEqual(expect.arrayContaining(["duplicate", "ghost", "unequal"]));
  });

  it("names a write that nobody sent", async () => {
    const event = "insert into appdb.order_events (op_id, order_id, kind, version, side) values";
    await pair.run("green", `${event} (gen_random_uuid(), $1, 'update', 1, 'green')`, [await someOrder()]);
    expect(await found()).toEqual(["ghost", "unequal"]);
  });

  it.each([
    ["placed_at = placed_at + interval '1 microsecond'"],
    ["updated_at = updated_at - interval '1 day'"],
    ["side = 'green'"],
  ])("names a column that only one side changed: %s", async (change) => {
    await pair.run("green", `update appdb.orders set ${change} where id = $1`, [await someOrder()]);
    expect(await found()).toEqual(["unequal"]);
    expect(await found("green")).toEqual([]);
  });

  it.each([
    ["note = '__debezium_unavailable_value'"],
    ["weight = 0"],
    ["tags = array_append(tags, null)"],
    ["payload = payload || '{\"x\":1}'"],
    ["attachment = '\\x00'"],
    ["placed_on = placed_on + 1"],
  ])("names content that nobody wrote, also where both sides agree about it: %s", async (change) => {
    const id = await someOrder();
    for (const side of ["blue", "green"] as const)
      await pair.run(side, `update appdb.orders set ${change} where id = $1`, [id]);
    expect(await found()).toEqual(["stale"]);
  });

  it("holds only green to account after blue was left behind", async () => {
    await pair.run("blue", "delete from appdb.orders");
    expect(await found("green")).toEqual([]);
    expect(await found("blue")).toEqual(["lost", "half"]);
  });
});

/** Users read and write for a while, in this process, straight against blue. */
const letUsersWork = async (pair: ShopPair, receiptsPath: string): Promise<void> => {
  const pool = new Pool({ connectionString: pair.shopUrls.blue, max: 8 });
  // The server may be gone before a connection that we have given up is; nobody needs to hear of it.
  pool.on("error", () => {});
  const store = orderStore(pool, "blue");
  const client: ShopClient = {
    call: async (call): Promise<CallEnd> => {
      const { status, body } = await answer(store, { ...call, body: call.body });
      return status === 200 ? { kind: "done", side: "blue", body } : expect.unreachable(`blue answered ${status}`);
    },
    close: async () => {},
  };
  const orders = await ordersFromRecord(receiptsPath);
  const recorder = openRecorder(receiptsPath);
  const users = Array.from({ length: USERS }, (_, index) => {
    const name = `user-${index + 1}`;
    const write = recorder.write;
    const random = seededRandom(index);
    return new User({ name, client, random, orders: orders.get(name) ?? [], intend: write, answered: write });
  });
  try {
    for (let round = 0; round < 20; round++)
      await Promise.all(users.map((user) => (round < 6 ? user.read() : user.write())));
  } finally {
    recorder.close();
    await pool.end();
  }
};
