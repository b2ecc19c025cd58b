import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { CdcDatabase, CdcStack } from "./cdc/stack.ts";
import { seedOrders } from "./load/seed.ts";
import type { ProcessOwner } from "./process/process-owner.ts";
import { type Fleet, startFleet } from "./shop/fleet.ts";
import { installShop } from "./shop/install.ts";
import type { Side } from "./shop/order.ts";

/** Orders that blue holds before anybody comes, and among how many users they are dealt. */
export const STARTING_ORDERS = 600;
export const USERS = 640;

export interface SideUrls {
  /** As the application. */
  readonly shop: string;
  /** As the guard: it reads, and writes pawl's own token. */
  readonly guard: string;
}

/** The application on both sides: schema, starting rows on blue, four hosts a side. */
export interface ShopWorld {
  readonly urls: Readonly<Record<Side, SideUrls>>;
  readonly fleets: Readonly<Record<Side, Fleet>>;
  readonly receiptsPath: string;
}

const as = (adminUrl: string, user: string, password: string): string => {
  const url = new URL(adminUrl);
  url.username = user;
  url.password = password;
  return url.toString();
};

const install = async ({ adminUrl }: CdcDatabase): Promise<SideUrls> => {
  const passwords = { shop: randomBytes(18).toString("base64url"), pawlGuard: randomBytes(18).toString("base64url") };
  await installShop({ adminUrl, passwords });
  return { shop: as(adminUrl, "shop", passwords.shop), guard: as(adminUrl, "pawl_guard", passwords.pawlGuard) };
};

export const startShopWorld = async (
  owner: ProcessOwner,
  databases: Pick<CdcStack, "blue" | "green">,
  where: { readonly logDir: string; readonly receiptsPath: string },
): Promise<ShopWorld> => {
  const [blue, green] = await Promise.all([install(databases.blue), install(databases.green)]);
  const fleet = (side: Side, urls: SideUrls): Promise<Fleet> =>
    startFleet(owner, { side, databaseUrl: urls.shop, logDir: where.logDir });
  const [, blueFleet, greenFleet] = await Promise.all([
    seedOrders({ blueUrl: blue.shop, receiptsPath: where.receiptsPath, orders: STARTING_ORDERS, users: USERS }),
    fleet("blue", blue),
    fleet("green", green),
  ]);
  return {
    urls: { blue, green },
    fleets: { blue: blueFleet, green: greenFleet },
    receiptsPath: where.receiptsPath,
  };
};

/** Where this lab's record of requests is kept while it runs. */
export const receiptsIn = (dir: string): string => join(dir, "receipts.ndjson");
