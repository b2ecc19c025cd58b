import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { Client } from "pg";
import { type CdcStack, startCdcStack } from "../../lab/cdc/stack.ts";
import { installShop } from "../../lab/shop/install.ts";
import { type ApplySettings, applyCdc } from "../../src/cdc/apply.ts";
import type { CdcEvent } from "../../src/cdc/apply-events.ts";
import { durationMs, epochMs } from "../../src/kernel/units.ts";
import type { CutoverBindings, Direction, Side } from "../../src/signals/bindings.ts";
import { type CdcAdminReach, type CdcReach, createCdcAdminPorts, createCdcPorts } from "../../src/wiring-cdc.ts";
import { sha256 } from "../../src/wiring-local.ts";

const ROOT = join(import.meta.dirname, "../..");
export const PASSWORDS = {
  shop: "shop-of-a-test",
  pawlGuard: "guard-of-a-test",
  source: "source-'of a test",
  sink: "sink-of-a-test",
};

/** A real CDC stack with the shop's schema on both sides; nothing applied yet. */
export interface CdcLab {
  readonly cutover: CutoverBindings;
  readonly stack: CdcStack;
  /** With the administrator's rights. */
  readonly admin: CdcAdminReach;
  /** As the guard's functions have it. */
  readonly guard: CdcReach;
  readonly events: CdcEvent[];
  apply(): ReturnType<typeof applyCdc>;
  run(side: Side, sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** As the application does: by its own role. */
  shop(side: Side, sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  drain(...directions: readonly Direction[]): Promise<void>;
  /** What Kafka's own command prints of a group: topic → [committed, end, lag], as text. */
  consumerGroup(group: string): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Reads the topics as a member of a group, and never commits an offset. */
  readWithoutCommit(group: string, topics: readonly string[]): Promise<{ stop(): Promise<void> }>;
  stop(): Promise<void>;
}

export const startCdcLab = async (): Promise<CdcLab> => {
  const dir = await mkdtemp(join(tmpdir(), "pawl-cdc-"));
  const cutover = withKinds(JSON.parse(await readFile(join(ROOT, "policies/orders/cutover.json"), "utf8")));
  const stack = await startCdcStack({ dir, log: () => {} });
  const url = (side: Side, role: string, password: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${stack[side].port}/appdb`;
  await Promise.all([stack.blue, stack.green].map(({ adminUrl }) => installShop({ adminUrl, passwords: PASSWORDS })));

  for (const { adminUrl } of [stack.blue, stack.green]) await query(adminUrl, KINDS);

  const settings = {
    kafkaBrokers: stack.brokers,
    connectUrl: stack.connectUrl,
    blueUrl: url("blue", "pawl_guard", PASSWORDS.pawlGuard),
    greenUrl: url("green", "pawl_guard", PASSWORDS.pawlGuard),
    queryTimeoutMs: 10_000,
  };
  const now = () => epochMs(Date.now());
  const guard = createCdcPorts(settings, now);
  const admin = createCdcAdminPorts(
    { ...settings, blueAdminUrl: stack.blue.adminUrl, greenAdminUrl: stack.green.adminUrl },
    now,
  );
  const applySettings: ApplySettings = {
    addresses: admin.addresses,
    passwords: {
      PAWL_CDC_SOURCE_PASSWORD: PASSWORDS.source,
      PAWL_CDC_SINK_PASSWORD: PASSWORDS.sink,
      PAWL_BLUE_URL: PASSWORDS.pawlGuard,
      PAWL_GREEN_URL: PASSWORDS.pawlGuard,
    },
    copyWithinMs: 180_000,
    greenInUse: async () => null,
  };
  const events: CdcEvent[] = [];
  return {
    cutover,
    stack,
    admin,
    guard,
    events,
    apply: () => {
      events.length = 0;
      return applyCdc(admin.ports, admin.drain, cutover, applySettings, sha256, (event) => events.push(event));
    },
    run: (side, sql, values) => query(stack[side].adminUrl, sql, values),
    shop: (side, sql, values) => query(url(side, "shop", PASSWORDS.shop), sql, values),
    drain: async (...directions) => {
      for (const direction of directions) {
        const proof = await guard.drain.prove(cutover, direction, durationMs(60_000));
        if (!proof.ok) throw new Error(`${direction}: ${proof.failure.message}`);
      }
    },
    consumerGroup: (group) => consumerGroup(stack.brokers, group),
    readWithoutCommit: (group, topics) => readWithoutCommit(stack.brokers, group, topics),
    stop: async () => {
      await Promise.all([guard.close(), admin.close()]);
      await stack.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

/** One column of every type that is called carried, with a text key: next to the shop's bigint and uuid. */
const KINDS = `create table appdb.kinds (
  k text primary key, a_smallint smallint, an_integer integer, a_bigint bigint, a_boolean boolean,
  a_real real check (a_real > '-Infinity' and a_real < 'Infinity'),
  a_double double precision check (a_double > '-Infinity' and a_double < 'Infinity'),
  a_date date check (a_date >= '0001-01-01' and a_date < 'infinity'),
  a_uuid uuid, a_numeric numeric, a_scaled numeric(12,2), a_text text, a_json json, a_jsonb jsonb,
  a_timestamptz timestamptz, a_timestamp timestamp, a_timestamptz3 timestamptz(3), a_time time, an_interval interval,
  a_varchar varchar(20), a_char char(5), a_bytea bytea, an_inet inet, a_cidr cidr, a_macaddr macaddr, a_money money,
  a_bit bit(5), an_xml xml, a_tsrange tsrange, a_tsvector tsvector,
  texts text[], integers integer[], uuids uuid[], jsonbs jsonb[], an_enum appdb.order_status);
  grant select, insert, update, delete on appdb.kinds to shop`;

const withKinds = (cutover: CutoverBindings): CutoverBindings => {
  const { forward, reverse } = cutover.streams;
  return {
    ...cutover,
    tables: [...cutover.tables, { name: "appdb.kinds", key: "k" }],
    streams: {
      forward: { ...forward, topics: [...forward.topics, "migration.appdb.kinds"] },
      reverse: { ...reverse, topics: [...reverse.topics, "migration-reverse.appdb.kinds"] },
    },
  };
};

const query = async (
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
};

const readWithoutCommit = async (brokers: string, groupId: string, topics: readonly string[]) => {
  const kafka = new Kafka({ clientId: "reader", brokers: brokers.split(","), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  return { stop: () => consumer.disconnect() };
};

const consumerGroup = async (brokers: string, group: string): Promise<Readonly<Record<string, readonly string[]>>> => {
  const java = ["-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", join(ROOT, ".build/kafka/libs/*")];
  const command = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
  const { stdout } = await promisify(execFile)(
    "java",
    [...java, command, "--bootstrap-server", brokers, "--describe", "--group", group],
    { timeout: 60_000 },
  );
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(
    rows.filter((cells) => cells[0] === group).map((cells) => [cells[1] ?? "", cells.slice(3, 6)]),
  );
};
