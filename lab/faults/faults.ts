import { Client } from "pg";
import { editWeightsByHand } from "./edit-rule.ts";
import type { Fault, FaultWorld } from "./fault.ts";

const fault = (name: string, what: string, expect: string, begin: Fault["begin"]): Fault => ({
  name,
  what,
  expect,
  begin,
});

/** Of each connector's REST interface, what the faults need. @throws {Error} Connect did not accept it. */
const connect = async (world: FaultWorld, method: "PUT" | "POST", path: string): Promise<void> => {
  const response = await fetch(`${world.cdc.connectUrl}/connectors/${path}`, {
    method,
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok && response.status !== 404)
    throw new Error(`Kafka Connect answered ${response.status} to ${method} ${path}: ${await response.text()}`);
};

/** A connector whose task is FAILED does not come back by itself, on purpose. */
const restartTasks = (world: FaultWorld, connector: string): Promise<void> =>
  connect(world, "POST", `${connector}/restart?includeTasks=true&onlyFailed=true`);

const asGreenAdmin = async (world: FaultWorld, sql: string): Promise<void> => {
  const client = new Client({ connectionString: world.cdc.green.adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

export const FAULTS: readonly Fault[] = [
  fault(
    "green-5xx",
    "green answers 500 to 8 % of its requests, before their transaction begins",
    "the 5XX alarm fires and everything goes back to blue",
    async ({ shop }) => {
      await shop.fleets.green.fault({ failBeforePercent: 8 });
      return () => shop.fleets.green.fault({});
    },
  ),
  fault(
    "green-5xx-after-commit",
    "green answers 500 to 8 % of its requests, after their transaction is committed",
    "the 5XX alarm fires and everything goes back to blue; no write is lost",
    async ({ shop }) => {
      await shop.fleets.green.fault({ failAfterPercent: 8 });
      return () => shop.fleets.green.fault({});
    },
  ),
  fault(
    "green-slow",
    "every answer of green takes 1200 ms longer",
    "the p99 gate fails and the p99 alarm fires: back to blue",
    async ({ shop }) => {
      await shop.fleets.green.fault({ slowMs: 1_200 });
      return () => shop.fleets.green.fault({});
    },
  ),
  fault("green-host-killed", "one of green's four hosts is killed", "the gate hosts fails: hold", async ({ shop }) => {
    const name = shop.fleets.green.hosts[0]?.name;
    await shop.fleets.green.kill(name);
    return () => shop.fleets.green.start(name);
  }),
  fault(
    "green-hosts-killed",
    "all of green's hosts are killed",
    "the hosts alarm or the rule hosts-lost: back to blue",
    async ({ shop }) => {
      await shop.fleets.green.kill();
      return () => shop.fleets.green.start();
    },
  ),
  fault(
    "connector-paused",
    "reverse's source connector is paused: lag stays 0 while nothing moves",
    "the gate reverse-running fails: hold; the label is no longer lossless",
    async (world) => {
      const { source } = world.bindings.streams.reverse;
      await connect(world, "PUT", `${source}/pause`);
      return () => connect(world, "PUT", `${source}/resume`);
    },
  ),
  fault(
    "task-failed",
    "forward's sink may not write on green any more: its task fails, the connector stays RUNNING",
    "the gate forward-running fails: hold",
    async (world) => {
      await asGreenAdmin(world, "revoke insert, update on appdb.orders from cdc_sink");
      return async () => {
        await asGreenAdmin(world, "grant insert, update on appdb.orders to cdc_sink");
        await restartTasks(world, world.bindings.streams.forward.sink);
      };
    },
  ),
  fault(
    "worker-killed",
    "the Kafka Connect worker is killed with SIGKILL",
    "connectors cannot be read: unknown, hold",
    async ({ cdc }) => {
      await cdc.kill("worker");
      return () => cdc.start("worker");
    },
  ),
  fault(
    "broker-killed",
    "the Kafka broker is killed with SIGKILL",
    "lag cannot be read: unknown, hold",
    async ({ cdc }) => {
      await cdc.kill("broker");
      return () => cdc.start("broker");
    },
  ),
  fault(
    "green-database-killed",
    "green's PostgreSQL is killed with SIGKILL",
    "green answers 5XX: back to blue, or held while its unreadable stream may lose writes",
    async (world) => {
      await world.cdc.kill("green");
      return async () => {
        await world.cdc.start("green");
        await restartTasks(world, world.bindings.streams.forward.sink);
        await restartTasks(world, world.bindings.streams.reverse.source);
      };
    },
  ),
  fault(
    "rule-edited",
    "somebody sets the weighted rule to 77 % green by hand",
    "drift: hold and page; nobody's edit becomes the new baseline",
    async ({ account, bindings }) => {
      const ends = await Promise.all(bindings.routes.map((route) => editWeightsByHand(account, route, 77)));
      return async () => {
        for (const end of ends) await end();
      };
    },
  ),
  fault(
    "dynamodb-down",
    "DynamoDB does not answer",
    "no tick can be judged: traffic stays; a rollback still works",
    async ({ account }) => {
      const end = account.edge.gateway.inject({ service: "dynamodb", effect: { kind: "down" } });
      return async () => end();
    },
  ),
];

/** @throws {RangeError} no fault of that name. */
export const findFault = (name: string): Fault => {
  const found = FAULTS.find((each) => each.name === name);
  if (found === undefined)
    throw new RangeError(`there is no fault "${name}"; there are ${FAULTS.map((each) => each.name).join(", ")}`);
  return found;
};
