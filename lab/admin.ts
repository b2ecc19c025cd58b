import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { EndFault, FaultWorld } from "./faults/fault.ts";
import { FAULTS, findFault } from "./faults/faults.ts";

/** Load and faults of a running lab, for whoever knows the address: `lab.json` names it, for its owner alone. */
export interface AdminServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * - `GET faults`: the menu, and which are in force.
 * - `POST faults/:name`, `DELETE faults/:name`: begin and end one.
 * - `GET load`: what the users see. `POST load/pause`, `POST load/resume`: their writes.
 */
export const startAdmin = async (world: FaultWorld): Promise<AdminServer> => {
  const inForce = new Map<string, EndFault>();
  const key = randomBytes(18).toString("base64url");
  const app = new Hono().basePath(`/${key}`);
  app.onError((error, context) => context.json({ error: error.message }, error instanceof RangeError ? 404 : 500));
  app.get("/faults", (context) =>
    context.json(FAULTS.map(({ name, what, expect }) => ({ name, what, expect, inForce: inForce.has(name) }))),
  );
  app.post("/faults/:name", async (context) => {
    const { name } = context.req.param();
    const fault = findFault(name);
    if (inForce.has(name)) return context.json({ error: `${name} is in force already` }, 409);
    inForce.set(name, await fault.begin(world));
    return context.json({ name, what: fault.what, expect: fault.expect });
  });
  app.delete("/faults/:name", async (context) => {
    const { name } = context.req.param();
    const end = inForce.get(findFault(name).name);
    if (end === undefined) return context.json({ error: `${name} is not in force` }, 409);
    inForce.delete(name);
    await end();
    return context.json({ name });
  });
  app.get("/load", async (context) => context.json(await world.load.stats()));
  app.post("/load/pause", async (context) => context.json(await world.load.pauseWrites().then(() => ({}))));
  app.post("/load/resume", async (context) => context.json(await world.load.resumeWrites().then(() => ({}))));

  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${key}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
};
