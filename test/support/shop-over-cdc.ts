import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type CdcStack, startCdcStack } from "../../lab/cdc/stack.ts";
import { type Load, startLoad } from "../../lab/load/load.ts";
import { seedOrders } from "../../lab/load/seed.ts";
import { ProcessOwner } from "../../lab/process/process-owner.ts";
import { type CheckMode, checkReceipts, type Verdicts } from "../../lab/receipts/check.ts";
import { type Fleet, startFleet } from "../../lab/shop/fleet.ts";
import { installShop } from "../../lab/shop/install.ts";
import type { Side } from "../../lab/shop/order.ts";
import { applyCdc } from "../../src/cdc/apply.ts";
import { durationMs, epochMs } from "../../src/kernel/units.ts";
import type { CutoverBindings, Direction } from "../../src/signals/bindings.ts";
import { type CdcAdminReach, createCdcAdminPorts } from "../../src/wiring-cdc.ts";
import { sha256 } from "../../src/wiring-local.ts";
import { startWeightedProxy, type WeightedProxy } from "./weighted-proxy.ts";

const PASSWORDS = { shop: "shop-of-a-test", pawlGuard: "guard-of-a-test" };
const BINDINGS = join(import.meta.dirname, "../../policies/orders/cutover.json");
const USERS = 640;

/** The shop on both sides of a real CDC stack, under load: all of the lab but AWS. */
export interface ShopOverCdc {
  readonly cutover: CutoverBindings;
  readonly stack: CdcStack;
  readonly reach: CdcAdminReach;
  readonly fleets: Readonly<Record<Side, Fleet>>;
  readonly proxy: WeightedProxy;
  readonly load: Load;
  readonly receiptsPath: string;
  readonly dir: string;
  run(side: Side, sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** @throws {Error} what it still waits for after `withinMs`. */
  drain(withinMs?: number, directions?: readonly Direction[]): Promise<void>;
  check(mode?: CheckMode, ruleChanges?: readonly number[]): Promise<Verdicts>;
  stop(): Promise<void>;
}

/** Starts everything, brings CDC up under load, and leaves all traffic on blue: about half a minute. */
export const startShopOverCdc = async (tell: (line: string) => void): Promise<ShopOverCdc> => {
  const dir = await mkdtemp(join(tmpdir(), "pawl-shop-cdc-"));
  const owner = new ProcessOwner(dir);
  const logDir = join(dir, "shop-logs");
  await mkdir(logDir);
  const cutover = JSON.parse(await readFile(BINDINGS, "utf8")) as CutoverBindings;
  const stack = await startCdcStack({ dir: join(dir, "cdc"), log: tell });
  const urlFor = (side: Side, role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${stack[side].port}/appdb`;
  await Promise.all([stack.blue, stack.green].map(({ adminUrl }) => installShop({ adminUrl, passwords: PASSWORDS })));

  const receiptsPath = join(dir, "receipts.ndjson");
  await seedOrders({
    ...{ blueUrl: urlFor("blue", "shop", PASSWORDS.shop), receiptsPath, orders: 2 * USERS, users: USERS },
  });
  const fleetOf = (side: Side): Promise<Fleet> =>
    startFleet(owner, { side, databaseUrl: urlFor(side, "shop", PASSWORDS.shop), logDir });
  const [blue, green] = await Promise.all([fleetOf("blue"), fleetOf("green")]);
  const proxy = await startWeightedProxy({ blue, green });
  const load = await startLoad(owner, { url: proxy.url, receiptsPath, logDir, users: USERS });
  tell("the load runs on blue");

  const guardUrls = {
    blue: urlFor("blue", "pawl_guard", PASSWORDS.pawlGuard),
    green: urlFor("green", "pawl_guard", PASSWORDS.pawlGuard),
  };
  const reach = createCdcAdminPorts(
    {
      ...{ kafkaBrokers: stack.brokers, connectUrl: stack.connectUrl, queryTimeoutMs: 15_000 },
      ...{ blueUrl: guardUrls.blue, greenUrl: guardUrls.green },
      ...{ blueAdminUrl: stack.blue.adminUrl, greenAdminUrl: stack.green.adminUrl },
    },
    () => epochMs(Date.now()),
  );
  const applied = await applyCdc(
    ...([reach.ports, reach.drain, cutover] as const),
    {
      addresses: reach.addresses,
      passwords: {
        ...{ PAWL_CDC_SOURCE_PASSWORD: "source-of-a-test", PAWL_CDC_SINK_PASSWORD: "sink-of-a-test" },
        ...{ PAWL_BLUE_URL: PASSWORDS.pawlGuard, PAWL_GREEN_URL: PASSWORDS.pawlGuard },
      },
      copyWithinMs: 180_000,
      greenInUse: async () => null,
    },
    sha256,
    (event) => event.kind === "phase" && tell(`cdc apply: ${event.phase}`),
  );
  if (!applied.ok) throw new Error(`cdc apply: ${JSON.stringify(applied.failure, null, 2)}`);
  tell(`cdc apply took ${applied.value.tookMs} ms`);

  const admins = { blue: await connected(stack.blue.adminUrl), green: await connected(stack.green.adminUrl) };
  return {
    ...{ cutover, stack, reach, fleets: { blue, green }, proxy, load, receiptsPath, dir },
    run: async (side, sql, values = []) => (await admins[side].query(sql, [...values])).rows,
    drain: async (withinMs = 20_000, directions = ["forward", "reverse"]) => {
      for (const direction of directions) {
        const proof = await reach.drain.prove(cutover, direction, durationMs(withinMs));
        if (!proof.ok) throw new Error(`${direction} is not drained: ${proof.failure.message}`);
      }
    },
    check: (mode = "both", ruleChanges = []) =>
      checkReceipts({
        ...{ receiptsPath, mode, ruleChanges, dumpDir: dir, blueUrl: guardUrls.blue, greenUrl: guardUrls.green },
      }),
    stop: async () => {
      await load.stop();
      await Promise.all([blue.stop(), green.stop(), proxy.close()]);
      await Promise.all(Object.values(admins).map((admin) => admin.end().catch(() => {})));
      await reach.close();
      await stack.stop();
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
