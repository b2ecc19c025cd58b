/**
 * One host of the shop, its own process: `node lab/shop/host.ts --side blue --port 8081 --name blue-1`.
 * The database's address, which may hold a password, comes in SHOP_DATABASE_URL. Faults come over standard input.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Pool } from "pg";
import { announceReady, serveCommands } from "../process/commands.ts";
import { failureOf, NO_FAULTS, parseFaults, thinkingMs } from "./faults.ts";
import type { Side } from "./order.ts";
import { orderStore } from "./order-store.ts";
import { answer, isOpId, type ShopAnswer } from "./routes.ts";

const { values: args } = parseArgs({
  options: { side: { type: "string" }, port: { type: "string" }, name: { type: "string" } },
});
const side: Side = args.side === "green" ? "green" : "blue";
const name = args.name ?? side;

const pool = new Pool({
  connectionString: process.env["SHOP_DATABASE_URL"],
  max: 4,
  connectionTimeoutMillis: 2_000,
  statement_timeout: 3_000,
  query_timeout: 4_000,
  application_name: `shop ${name}`,
});
// A database that restarts breaks idle connections; the next request gets a new one or is answered 500.
pool.on("error", () => {});
const store = orderStore(pool, side);

let faults = NO_FAULTS;

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  if (faults.hang) return;
  const path = request.url ?? "/";
  if (path === "/health") return send(response, { status: faults.unhealthy ? 503 : 200, body: { side, name } });
  const opId = request.headers["x-op-id"];
  if (!isOpId(opId)) return send(response, { status: 400, body: { error: "x-op-id must be a UUID in lower case" } });
  const body = await readJson(request);
  // The wait stands before the transaction, so that the transaction itself is as short as it can be.
  await sleep(thinkingMs(opId, faults));
  // Whoever hung up takes its request for failed; a write that has not begun is then better left undone.
  if (response.destroyed || faults.hang) return;
  const failure = failureOf(opId, faults);
  if (failure === "before") return send(response, { status: 500, body: { error: "failed before the transaction" } });
  const answered = await answer(store, { method: request.method ?? "GET", path, opId, body });
  if (failure === "after") return send(response, { status: 500, body: { error: "failed after the commit" } });
  send(response, answered);
};

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
};

const send = (response: ServerResponse, { status, body }: ShopAnswer): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "x-shop-side": side,
    "x-shop-host": name,
  });
  response.end(text);
};

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    // A hang-up while the body arrives is the client's affair; all else the client must hear of.
    if (response.destroyed || response.headersSent) return;
    console.error(
      new Date().toISOString(),
      request.method,
      request.url,
      error instanceof Error ? error.message : error,
    );
    send(response, { status: 500, body: { error: error instanceof Error ? error.message : String(error) } });
  });
});
// Longer than the load balancer keeps an idle connection (60 s), or it would send into one we are just closing.
server.keepAliveTimeout = 75_000;

const stop = (): void => {
  server.close(() => void pool.end().finally(() => process.exit(0)));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 1_500).unref();
};
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

server.listen(Number(args.port), "127.0.0.1", () => {
  serveCommands(
    {
      fault: (given) => {
        faults = parseFaults(given);
        return faults;
      },
    },
    stop,
  );
  announceReady();
});
