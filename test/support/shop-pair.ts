import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "../../lab/cdc/postgres.ts";
import { freePorts } from "../../lab/process/free-ports.ts";
import { ProcessOwner } from "../../lab/process/process-owner.ts";
import { installShop } from "../../lab/shop/install.ts";
import type { Side } from "../../lab/shop/order.ts";

const PASSWORDS = { shop: "shop-of-a-test", pawlGuard: "guard-of-a-test" };

/** The shop's databases, PostgreSQL 16 and 18, with nothing between them: whoever wants them equal copies. */
export interface ShopPair {
  readonly dir: string;
  /** As role `shop`. */
  readonly shopUrls: Readonly<Record<Side, string>>;
  /** As role `pawl_guard`. */
  readonly guardUrls: Readonly<Record<Side, string>>;
  /** Runs SQL as administrator. */
  run(side: Side, sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Makes green's tables what blue's are. */
  copyToGreen(): Promise<void>;
  stop(): Promise<void>;
}

export const startShopPair = async (): Promise<ShopPair> => {
  const dir = await mkdtemp(join(tmpdir(), "pawl-shop-"));
  const owner = new ProcessOwner(dir);
  const [bluePort = 0, greenPort = 0] = await freePorts(2);
  const [blue, green] = await Promise.all([
    startPostgres({ owner, dir, name: "blue", major: 16, port: bluePort, password: "admin-of-a-test" }),
    startPostgres({ owner, dir, name: "green", major: 18, port: greenPort, password: "admin-of-a-test" }),
  ]);
  const adminUrls = { blue: blue.adminUrl, green: green.adminUrl };
  await Promise.all(Object.values(adminUrls).map((adminUrl) => installShop({ adminUrl, passwords: PASSWORDS })));
  const admins = { blue: await connected(adminUrls.blue), green: await connected(adminUrls.green) };
  const urls = (role: string, password: string): Readonly<Record<Side, string>> => ({
    blue: `postgres://${role}:${password}@127.0.0.1:${bluePort}/appdb`,
    green: `postgres://${role}:${password}@127.0.0.1:${greenPort}/appdb`,
  });
  const run: ShopPair["run"] = async (side, sql, values = []) => (await admins[side].query(sql, [...values])).rows;
  return {
    dir,
    run,
    shopUrls: urls("shop", PASSWORDS.shop),
    guardUrls: urls("pawl_guard", PASSWORDS.pawlGuard),
    copyToGreen: async () => {
      for (const table of ["orders", "order_events"]) {
        const [all] = await run("blue", `select coalesce(jsonb_agg(t), '[]') as rows from appdb.${table} t`);
        await run("green", `delete from appdb.${table}`);
        await run(
          "green",
          `insert into appdb.${table} select * from jsonb_populate_recordset(null::appdb.${table}, $1::jsonb)`,
          [JSON.stringify(all?.["rows"])],
        );
      }
    },
    stop: async () => {
      await Promise.all(Object.values(admins).map((admin) => admin.end()));
      await owner.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

const connected = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return client;
};
