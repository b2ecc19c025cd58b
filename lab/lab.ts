import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CutoverBindings } from "../src/signals/bindings.ts";
import { deployGuard, type LabAccount, labBindings, startAccount } from "./account.ts";
import { type AdminServer, startAdmin } from "./admin.ts";
import { LAB_ACCOUNT_ID, LAB_REGION, type LabContext } from "./aws/contracts.ts";
import { type CdcStack, startCdcStack } from "./cdc/stack.ts";
import { startLabClock } from "./clock.ts";
import { type LabFile, removeLabFile, writeLabFile } from "./lab-file.ts";
import { type Load, startLoad } from "./load/load.ts";
import { packageOnce } from "./package-once.ts";
import type { Door } from "./process/door.ts";
import { ProcessOwner } from "./process/process-owner.ts";
import { readProcess } from "./process/process-table.ts";
import { receiptsIn, type ShopWorld, startShopWorld, USERS } from "./shop-world.ts";

export interface LabOptions {
  /** Where to say what runs; see `lab-file.ts`. Two labs side by side need two. */
  readonly file: string;
  /** Lab seconds a real second, 1 to 15. */
  readonly speed: number;
  /** One line for whoever is waiting. */
  readonly onProgress: (line: string) => void;
}

/** Everything that runs: databases and CDC's machinery, the shop and its users, the account with pawl deployed. */
export interface Lab {
  readonly context: LabContext;
  readonly bindings: CutoverBindings;
  /** Owns every process that is not a part's own. */
  readonly owner: ProcessOwner;
  readonly cdc: CdcStack;
  readonly shop: ShopWorld;
  readonly account: LabAccount;
  readonly load: Load;
  readonly file: LabFile;
  /** Ends everything, and removes the lab's folder and file; within some ten seconds. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts a lab of this process: nothing of it outlives the process, however that ends.
 * @throws {Error} a part did not start; everything that did has been stopped again.
 */
export const startLab = async (options: LabOptions): Promise<Lab> => {
  // Not in the checkout: root's PostgreSQL runs as a user that may not be able to get there.
  const dir = mkdtempSync(join(tmpdir(), "pawl-lab-"));
  chmodSync(dir, 0o711);
  const owner = new ProcessOwner(dir);
  owner.removeAtEnd(dir);
  const context: LabContext = {
    clock: startLabClock(options.speed),
    dir,
    log: (line) => appendFileSync(join(dir, "lab.log"), `${new Date().toISOString()} ${line}\n`),
  };
  const started: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    removeLabFile(options.file);
    for (const stop of started.splice(0).reverse()) await stop();
    await owner.stop();
  };
  try {
    return { ...(await assemble(options, context, owner, started)), context, owner, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
};

const throughDoor = (address: string, { port }: Door): string => {
  const url = new URL(address);
  url.port = String(port);
  return url.href.replace(/\/$/, "");
};

/** Brings the parts up in the order of their needs; each leaves in `started` how it is stopped. */
const assemble = async (
  { file, onProgress }: LabOptions,
  context: LabContext,
  owner: ProcessOwner,
  started: (() => Promise<void>)[],
): Promise<Omit<Lab, "context" | "owner" | "stop">> => {
  const { clock, dir, log } = context;
  const bindings = labBindings();
  const packaging = packageOnce(owner);
  packaging.catch(() => {}); // awaited below; CDC's own failure must not be drowned by this one
  const cdc = await startCdcStack({ dir: join(dir, "cdc"), log, onProgress });
  started.push(() => cdc.stop());
  const shop = await startShopWorld(owner, cdc, { logDir: join(dir, "logs"), receiptsPath: receiptsIn(dir) });
  onProgress("the shop stands on both sides, four hosts each; blue holds its orders");
  const account = await startAccount(context, owner, bindings, shop.fleets);
  started.push(() => account.stop());
  const addresses = {
    kafkaBrokers: `127.0.0.1:${cdc.doors.broker.port}`,
    connectUrl: throughDoor(cdc.connectUrl, cdc.doors.connect),
    blueUrl: throughDoor(shop.urls.blue.guard, cdc.doors.blue),
    greenUrl: throughDoor(shop.urls.green.guard, cdc.doors.green),
  };
  const guard = await deployGuard(account, await packaging, addresses);
  onProgress("pawl is deployed from its template and bundles");
  const load = await startLoad(owner, {
    url: account.edge.alb.url,
    receiptsPath: shop.receiptsPath,
    logDir: join(dir, "logs"),
    users: USERS,
  });
  started.push(() => load.stop());
  onProgress("the users are there");
  const parts = { bindings, cdc, shop, account, load };
  const admin: AdminServer = await startAdmin(parts);
  started.push(() => admin.close());
  const secret = (): string => randomBytes(18).toString("base64url");
  const told: LabFile = {
    pid: process.pid,
    startTicks: readProcess(process.pid)?.startTicks ?? 0,
    startRealMs: clock.startRealMs,
    startLabMs: clock.startLabMs,
    speed: clock.speed,
    gatewayUrl: account.edge.gateway.url,
    albUrl: account.edge.alb.url,
    adminUrl: admin.url,
    region: LAB_REGION,
    accountId: LAB_ACCOUNT_ID,
    operator: account.operator,
    ...guard,
    ...addresses,
    blueAdminUrl: cdc.blue.adminUrl,
    greenAdminUrl: cdc.green.adminUrl,
    cdcSourcePassword: secret(),
    cdcSinkPassword: secret(),
  };
  writeLabFile(file, told);
  return { ...parts, file: told };
};
