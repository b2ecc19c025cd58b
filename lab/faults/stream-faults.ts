import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import type { CdcDoor, CdcPart } from "../cdc/stack.ts";
import type { Side } from "../shop/order.ts";
import { connect, restartTasks } from "./connectors.ts";
import { type Fault, type FaultWorld, fault } from "./fault.ts";

const asAdmin = async (world: FaultWorld, side: Side, sql: string): Promise<void> => {
  const client = new Client({ connectionString: world.cdc[side].adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

const killed = (part: CdcPart) => async (world: FaultWorld) => {
  await world.cdc.kill(part);
  return async () => {
    await world.cdc.start(part);
    await restartTasks(world);
  };
};

const closed = (door: CdcDoor) => async (world: FaultWorld) => {
  await world.cdc.doors[door].close();
  return async () => {
    await world.cdc.doors[door].open();
    if (door === "blue" || door === "green") await restartTasks(world, "all");
  };
};

/** Writes of this process fail from here on: no file of it may grow any more. Needs no rights but the owner's. */
const forbidGrowth = (pid: number): void => {
  const { status, stderr } = spawnSync("prlimit", ["--pid", String(pid), "--fsize=1:"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`prlimit could not limit process ${pid}: ${stderr}`);
};

/** Faults of change data capture, and of the databases. */
export const STREAM_FAULTS: readonly Fault[] = [
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
      await asAdmin(world, "green", "revoke insert, update on appdb.orders from cdc_sink");
      return async () => {
        await asAdmin(world, "green", "grant insert, update on appdb.orders to cdc_sink");
        await restartTasks(world);
      };
    },
  ),
  fault(
    "worker-killed",
    "the Kafka Connect worker is killed with SIGKILL",
    "connectors cannot be read: unknown, hold",
    killed("worker"),
  ),
  fault(
    "broker-killed",
    "the Kafka broker is killed with SIGKILL",
    "lag cannot be read: unknown, hold",
    killed("broker"),
  ),
  fault(
    "broker-disk-full",
    "the broker's disk takes no more: no file of its process may grow",
    "the broker gives up its log and ends; lag cannot be read: unknown, hold; nothing is lost, the slots keep it",
    async (world) => {
      const { broker } = world.cdc.pids();
      if (broker !== undefined) forbidGrowth(broker);
      return async () => {
        await world.cdc.kill("broker");
        await world.cdc.start("broker");
        await restartTasks(world);
      };
    },
  ),
  fault(
    "broker-closed",
    "the broker's port is closed to the guard; Connect still reaches it",
    "lag cannot be read: unknown, hold",
    closed("broker"),
  ),
  fault(
    "connect-closed",
    "Kafka Connect's port is closed to the guard; the streams run on",
    "connectors cannot be read: unknown, hold",
    closed("connect"),
  ),
  fault(
    "green-database-closed",
    "green's database is closed to Connect and to the guard; the shop still reaches it",
    "both streams stand still: hold; the label is no longer lossless",
    closed("green"),
  ),
  fault(
    "green-database-killed",
    "green's PostgreSQL is killed with SIGKILL",
    "green answers 5XX: back to blue, or held while its unreadable stream may lose writes",
    killed("green"),
  ),
  fault(
    "blue-database-killed",
    "blue's PostgreSQL is killed with SIGKILL",
    "no stream can be read: hold; nothing goes back to a blue that answers 5XX",
    killed("blue"),
  ),
  fault(
    "slot-dropped",
    "somebody stops reverse's source, drops its slot on green, and starts it again",
    "a gap that nothing can fill: no arming until the stream is seeded anew",
    async (world) => {
      const { source, slot } = world.bindings.streams.reverse;
      await connect(world, "PUT", `${source}/stop`);
      await pause(2_000);
      await asAdmin(world, "green", `select pg_drop_replication_slot('${slot}')`);
      await connect(world, "PUT", `${source}/resume`);
      return async () => {};
    },
  ),
];
