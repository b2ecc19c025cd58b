import { randomBytes } from "node:crypto";
import { type Door, openDoor } from "../process/door.ts";
import { freePorts } from "../process/free-ports.ts";
import type { OwnedProcess } from "../process/owned-process.ts";
import { ProcessOwner } from "../process/process-owner.ts";
import { startConnectWorker } from "./connect-worker.ts";
import { startKafka } from "./kafka.ts";
import { startPostgres } from "./postgres.ts";

export type CdcPart = "blue" | "green" | "broker" | "worker";

export interface CdcDatabase {
  readonly port: number;
  /** As superuser, to database `appdb`. Holds a password. */
  readonly adminUrl: string;
}

/** What stands behind a port that can be closed. */
export type CdcDoor = "blue" | "green" | "broker" | "connect";

/** PostgreSQL 16 (blue) and 18 (green), a Kafka broker and a Connect worker, all on 127.0.0.1. */
export interface CdcStack {
  readonly blue: CdcDatabase;
  readonly green: CdcDatabase;
  /** `host:port`, as Kafka clients want it. */
  readonly brokers: string;
  readonly connectUrl: string;
  /**
   * The ways by which the guard and its operators come to all of this, and Kafka Connect to the databases. The shop has
   * ways of its own, and so have the broker and the worker to each other.
   */
  readonly doors: Readonly<Record<CdcDoor, Door>>;
  /** Ends everything and removes the databases; within ten seconds. Safe to repeat. */
  stop(): Promise<void>;
  /** SIGKILL, as a fault. Returns when it is gone; a part that is not running stays so. */
  kill(part: CdcPart): Promise<void>;
  /** Starts a part that was killed, with its data and on its port; returns when it is ready. */
  start(part: CdcPart): Promise<void>;
  /** The part's main process, or undefined while it does not run. */
  pids(): Readonly<Record<CdcPart, number | undefined>>;
}

/**
 * Starts the whole stack, its parts in parallel: about ten seconds on two cores.
 * @param options.dir - Data and logs; emptied of data, not of logs, when the stack stops.
 * @throws {Error} a part did not start; everything that did has been stopped again.
 */
export const startCdcStack = async (options: {
  readonly dir: string;
  readonly log: (line: string) => void;
  /** One line a part, as it gets ready, for whoever is waiting. */
  readonly onProgress?: (line: string) => void;
}): Promise<CdcStack> => {
  const { dir, log } = options;
  const owner = new ProcessOwner(dir);
  const startedAt = Date.now();
  const told = <Part>(what: string, starting: Promise<Part>): Promise<Part> =>
    starting.then((part) => {
      const line = `${what} ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
      log(line);
      options.onProgress?.(line);
      return part;
    });

  const [bluePort, greenPort, brokerPort, behindDoorPort, controllerPort, connectPort] = await sixPorts();
  const doors = await openDoors({ blue: bluePort, green: greenPort, broker: behindDoorPort, connect: connectPort });
  const brokers = `127.0.0.1:${brokerPort}`;
  const database = (name: "blue" | "green", major: 16 | 18, port: number) =>
    startPostgres({ owner, dir, name, major, port, password: randomBytes(18).toString("base64url") });
  try {
    const [blue, green, broker, worker] = await Promise.all([
      told("blue (PostgreSQL 16)", database("blue", 16, bluePort)),
      told("green (PostgreSQL 18)", database("green", 18, greenPort)),
      told(
        "Kafka",
        startKafka({
          owner,
          dir,
          port: brokerPort,
          behindDoor: { port: behindDoorPort, advertisedPort: doors.broker.port },
          controllerPort,
        }),
      ),
      told("Kafka Connect", startConnectWorker({ owner, dir, port: connectPort, brokers })),
    ]);
    const parts = { blue: blue.process, green: green.process, broker, worker };
    return {
      blue: { port: blue.port, adminUrl: blue.adminUrl },
      green: { port: green.port, adminUrl: green.adminUrl },
      brokers,
      connectUrl: `http://127.0.0.1:${connectPort}`,
      doors,
      ...controls(parts),
      stop: async () => {
        // Nothing of theirs is kept, so nothing is gained by waiting until a worker without a broker gives up.
        await Promise.all([worker.kill(), broker.kill()]);
        await owner.stop();
        await closeDoors(doors);
      },
    };
  } catch (error) {
    await owner.stop();
    await closeDoors(doors);
    throw error;
  }
};

const controls = (parts: Readonly<Record<CdcPart, OwnedProcess>>): Pick<CdcStack, "kill" | "start" | "pids"> => ({
  kill: (part) => parts[part].kill(),
  start: (part) => parts[part].start(),
  pids: () => ({
    blue: parts.blue.pid,
    green: parts.green.pid,
    broker: parts.broker.pid,
    worker: parts.worker.pid,
  }),
});

const sixPorts = async () => (await freePorts(6)) as readonly [number, number, number, number, number, number];

const openDoors = async (targets: Readonly<Record<CdcDoor, number>>): Promise<Readonly<Record<CdcDoor, Door>>> => {
  const ports = await freePorts(Object.keys(targets).length);
  const opened = Object.entries(targets).map(async ([name, target], index) => [
    name,
    await openDoor(ports[index] ?? 0, target),
  ]);
  return Object.fromEntries(await Promise.all(opened)) as Record<CdcDoor, Door>;
};

const closeDoors = async (doors: Readonly<Record<CdcDoor, Door>>): Promise<void> =>
  void (await Promise.all(Object.values(doors).map((door) => door.close())));
