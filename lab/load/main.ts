/**
 * The load, its own process: `node lab/load/main.ts --url http://127.0.0.1:8080 --receipts receipts.ndjson`.
 * It knows nothing but the load balancer's address. Commands come over standard input.
 */
import { parseArgs } from "node:util";
import { misused } from "../../src/cli/exit.ts";
import { readArguments } from "../arguments.ts";
import { announceReady, serveCommands } from "../process/commands.ts";
import { ordersFromRecord } from "./known-orders.ts";
import { openRecorder } from "./recorder.ts";
import { shopClient } from "./shop-client.ts";
import { Users } from "./users.ts";

const USAGE =
  "node lab/load/main.ts --url URL --receipts FILE [--users N] [--requests-per-second N] [--writes-per-second N] [--seed N]";

const args = readArguments(USAGE, () => {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      receipts: { type: "string" },
      users: { type: "string", default: "640" },
      "requests-per-second": { type: "string", default: "240" },
      "writes-per-second": { type: "string", default: "22" },
      seed: { type: "string", default: "1" },
    },
  });
  const { url, receipts } = values;
  if (url === undefined || receipts === undefined)
    throw misused(
      `${url === undefined ? "--url" : "--receipts"} is missing.`,
      "Users need a place to go, and a file that keeps what they were told.",
      `Give it: ${USAGE}`,
    );
  return { ...values, url, receipts };
});

const client = shopClient(args.url);
const orders = await ordersFromRecord(args.receipts);
const recorder = openRecorder(args.receipts);
const users = new Users({
  client,
  recorder,
  orders,
  users: Number(args.users),
  requestsPerSecond: Number(args["requests-per-second"]),
  writesPerSecond: Number(args["writes-per-second"]),
  seed: Number(args.seed),
});

let stopping: Promise<void> | undefined;
const stop = (): Promise<void> => {
  stopping ??= users
    .stop()
    .then(() => client.close())
    .then(() => recorder.close());
  return stopping;
};
const stopAndExit = (): void => void stop().finally(() => process.exit(0));
process.once("SIGTERM", stopAndExit);
process.once("SIGINT", stopAndExit);

serveCommands(
  {
    pauseWrites: () => users.pauseWrites(),
    resumeWrites: () => users.resumeWrites(),
    drained: () => users.drained(),
    stats: () => users.stats(),
    stop,
  },
  stopAndExit,
);
announceReady();
