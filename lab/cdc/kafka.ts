import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { OwnedProcess } from "../process/owned-process.ts";
import type { ProcessOwner } from "../process/process-owner.ts";
import { kafkaProgram, properties } from "./jvm.ts";

/** Starts a new one-node Kafka cluster (broker and controller in one process): about six seconds. */
export const startKafka = async (options: {
  readonly owner: ProcessOwner;
  readonly dir: string;
  readonly port: number;
  /** A second listener, behind a door: whoever asks there is told the door's port, lest the answer lead around it. */
  readonly behindDoor: { readonly port: number; readonly advertisedPort: number };
  readonly controllerPort: number;
}): Promise<OwnedProcess> => {
  const { owner, port, behindDoor, controllerPort } = options;
  const dir = join(options.dir, "broker");
  const config = join(dir, "server.properties");
  await mkdir(dir, { recursive: true });
  owner.removeAtEnd(dir);
  await writeFile(config, properties(serverProperties({ dir, port, behindDoor, controllerPort })));

  const format = ["format", "-t", clusterId(), "-c", config];
  await owner
    .own({ name: "broker-format", ...kafkaProgram("kafka.tools.StorageTool", format, { maxHeapMiB: 128 }) })
    .run(30_000);
  const broker = owner.own({
    name: "broker",
    ...kafkaProgram("kafka.Kafka", [config], { maxHeapMiB: 256 }),
    cwd: dir,
    ready: () => accepts(port),
    readyWithinMs: 60_000,
  });
  await broker.start();
  return broker;
};

const serverProperties = (of: {
  dir: string;
  port: number;
  behindDoor: { port: number; advertisedPort: number };
  controllerPort: number;
}) => ({
  "process.roles": "broker,controller",
  "node.id": 1,
  "controller.quorum.voters": `1@127.0.0.1:${of.controllerPort}`,
  listeners: `PLAINTEXT://127.0.0.1:${of.port},DOOR://127.0.0.1:${of.behindDoor.port},CONTROLLER://127.0.0.1:${of.controllerPort}`,
  "advertised.listeners": `PLAINTEXT://127.0.0.1:${of.port},DOOR://127.0.0.1:${of.behindDoor.advertisedPort}`,
  "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,DOOR:PLAINTEXT,CONTROLLER:PLAINTEXT",
  "controller.listener.names": "CONTROLLER",
  "inter.broker.listener.name": "PLAINTEXT",
  "log.dirs": join(of.dir, "data"),
  "offsets.topic.replication.factor": 1,
  "offsets.topic.num.partitions": 1,
  "transaction.state.log.replication.factor": 1,
  "transaction.state.log.min.isr": 1,
  "transaction.state.log.num.partitions": 1,
  "share.coordinator.state.topic.replication.factor": 1,
  "share.coordinator.state.topic.min.isr": 1,
  "group.initial.rebalance.delay.ms": 0,
  "auto.create.topics.enable": false,
  "num.network.threads": 2,
  "num.io.threads": 2,
  "log.cleaner.dedupe.buffer.size": 4_194_304,
  // After kill -9 a broker waits until its own old registration has expired: 5.7 s with these, 13 s with the defaults.
  "broker.session.timeout.ms": 2_000,
  "broker.heartbeat.interval.ms": 500,
});

/** A cluster's id is a base64url UUID; one that starts with "-" would be taken for an option. */
const clusterId = (): string => {
  const id = randomBytes(16).toString("base64url");
  return id.startsWith("-") ? clusterId() : id;
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 1_000 });
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
    socket.once("timeout", () => answer(false));
  });
