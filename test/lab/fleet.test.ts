import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { newContent } from "../../lab/load/content.ts";
import { seededRandom } from "../../lab/load/random.ts";
import { ProcessOwner } from "../../lab/process/process-owner.ts";
import { type Fleet, startFleet } from "../../lab/shop/fleet.ts";
import { type ShopPair, startShopPair } from "../support/shop-pair.ts";

describe("the hosts of one side", () => {
  let pair: ShopPair;
  let owner: ProcessOwner;
  let fleet: Fleet;

  beforeAll(async () => {
    pair = await startShopPair();
    owner = new ProcessOwner(pair.dir);
    fleet = await startFleet(owner, { side: "green", databaseUrl: pair.shopUrls.green, logDir: pair.dir, hosts: 2 });
  });
  afterAll(async () => {
    await fleet.stop();
    await owner.stop();
    await pair.stop();
  });
  afterEach(() => fleet.fault({}));

  const url = (host = 0): string => `http://127.0.0.1:${fleet.hosts[host]?.port}`;
  const post = (opId: string, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${url()}/orders`, {
      method: "POST",
      signal,
      headers: { "x-op-id": opId },
      body: JSON.stringify({ total: "1.00", content: newContent(seededRandom(1)) }),
    });
  const isThere = async (opId: string): Promise<boolean> =>
    (await pair.run("green", "select from appdb.order_events where op_id = $1", [opId])).length > 0;

  it("answer in 60 to 150 ms and more, and say who they are", async () => {
    const before = performance.now();
    const response = await post(randomUUID());
    expect(performance.now() - before).toBeGreaterThanOrEqual(59);
    expect(response.status).toBe(200);
    expect(response.headers.get("x-shop-side")).toBe("green");
    expect(response.headers.get("x-shop-host")).toBe("green-1");
  });

  it("are healthy, or not when told so, while they go on serving", async () => {
    expect((await fetch(`${url()}/health`)).status).toBe(200);
    await fleet.fault({ unhealthy: true });
    expect((await fetch(`${url()}/health`)).status).toBe(503);
    expect((await post(randomUUID())).status).toBe(200);
  });

  it("can fail before the transaction: then nothing was done", async () => {
    await fleet.fault({ failBeforePercent: 100 });
    const opId = randomUUID();
    expect((await post(opId)).status).toBe(500);
    expect(await isThere(opId)).toBe(false);
  });

  it("can fail after the commit: then it was done, and a repeat says so", async () => {
    await fleet.fault({ failAfterPercent: 100 });
    const opId = randomUUID();
    expect((await post(opId)).status).toBe(500);
    expect(await isThere(opId)).toBe(true);
    await fleet.fault({});
    expect(await (await post(opId)).json()).toMatchObject({ kind: "applied", version: 1, repeated: true });
  });

  it("can hang, health checks and all", async () => {
    await fleet.fault({ hang: true });
    await expect(fetch(`${url()}/health`, { signal: AbortSignal.timeout(300) })).rejects.toThrow("timeout");
    await expect(post(randomUUID(), AbortSignal.timeout(300))).rejects.toThrow("timeout");
  });

  it("leave undone what nobody waits for any more", async () => {
    await fleet.fault({ slowMs: 2_000 });
    const opId = randomUUID();
    await expect(post(opId, AbortSignal.timeout(200))).rejects.toThrow("timeout");
    await sleep(3_000);
    expect(await isThere(opId)).toBe(false);
  });

  it("refuse an operation without an id", async () => {
    expect((await fetch(`${url()}/orders/1`)).status).toBe(400);
    expect((await fetch(`${url()}/orders/1`, { headers: { "x-op-id": "1" } })).status).toBe(400);
  });

  it("can be killed one by one, and come back on their port", async () => {
    const [first, second] = fleet.hosts;
    const port = first?.port;
    await fleet.kill("green-1");
    expect(first?.pid).toBeUndefined();
    await expect(fetch(`${url(0)}/health`)).rejects.toThrow();
    expect((await fetch(`${url(1)}/health`)).status).toBe(200);
    expect(second?.pid).toBeDefined();
    await fleet.start();
    expect(first?.port).toBe(port);
    expect((await fetch(`${url(0)}/health`)).status).toBe(200);
  });

  it("answer 500 while their database refuses, and serve again afterwards", async () => {
    await pair.run("green", "revoke select on appdb.orders from shop");
    const read = () => fetch(`${url()}/orders/1`, { headers: { "x-op-id": randomUUID() } });
    expect((await read()).status).toBe(500);
    await pair.run("green", "grant select on appdb.orders to shop");
    expect((await read()).status).toBeLessThan(500);
  });
});
