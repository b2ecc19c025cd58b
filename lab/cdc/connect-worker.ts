import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OwnedProcess } from "../process/owned-process.ts";
import type { ProcessOwner } from "../process/process-owner.ts";
import { kafkaProgram, PLUGINS_DIR, properties } from "./jvm.ts";

/** Starts a Kafka Connect worker with Debezium's plugins. It waits for its broker, so both may be started at once. */
export const startConnectWorker = async (options: {
  readonly owner: ProcessOwner;
  readonly dir: string;
  readonly port: number;
  readonly brokers: string;
}): Promise<OwnedProcess> => {
  const { owner, port, brokers } = options;
  const dir = join(options.dir, "worker");
  const config = join(dir, "worker.properties");
  await mkdir(dir, { recursive: true });
  owner.removeAtEnd(dir);
  await writeFile(config, properties(workerProperties({ port, brokers })));
  const worker = owner.own({
    name: "worker",
    ...kafkaProgram("org.apache.kafka.connect.cli.ConnectDistributed", [config], { maxHeapMiB: 384 }),
    cwd: dir,
    ready: () => answers(`http://127.0.0.1:${port}/connectors`),
    readyWithinMs: 90_000,
  });
  await worker.start();
  return worker;
};

const workerProperties = (of: { port: number; brokers: string }) => ({
  "bootstrap.servers": of.brokers,
  "group.id": "connect-lab",
  listeners: `http://127.0.0.1:${of.port}`,
  "rest.advertised.host.name": "127.0.0.1",
  "rest.advertised.port": of.port,
  "plugin.path": PLUGINS_DIR,
  // Looking through every jar for plugins takes nine seconds more.
  "plugin.discovery": "service_load",
  "key.converter": "org.apache.kafka.connect.json.JsonConverter",
  "value.converter": "org.apache.kafka.connect.json.JsonConverter",
  "config.storage.topic": "connect-configs",
  "offset.storage.topic": "connect-offsets",
  "status.storage.topic": "connect-status",
  "config.storage.replication.factor": 1,
  "offset.storage.replication.factor": 1,
  "status.storage.replication.factor": 1,
  "offset.storage.partitions": 1,
  "status.storage.partitions": 1,
  "offset.flush.interval.ms": 1_000,
  "connector.client.config.override.policy": "All",
  "scheduled.rebalance.max.delay.ms": 0,
  "session.timeout.ms": 6_000,
  "heartbeat.interval.ms": 2_000,
  // The sinks' consumers: after kill -9 the dead member keeps its partitions this long, 45 s by default.
  "consumer.session.timeout.ms": 6_000,
  "consumer.heartbeat.interval.ms": 2_000,
  "consumer.metadata.max.age.ms": 5_000,
  "task.shutdown.graceful.timeout.ms": 3_000,
});

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    // Not listening yet, or not yet a member of its group.
    return false;
  }
};
