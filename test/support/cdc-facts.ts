import { sinkConfig, sourceConfig } from "../../src/cdc/connectors.ts";
import type { CdcFacts, ColumnFacts, DatabaseFacts, TableFacts } from "../../src/cdc/facts.ts";
import type { CutoverBindings, Side } from "../../src/signals/bindings.ts";

/** A cutover of one table with a key, enough for every rule about tables, and all names that CDC derives. */
export const shopCutover: CutoverBindings = {
  apiVersion: "pawl/v1",
  name: "orders",
  routes: [],
  loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/orders/50dc6c495c0c9188",
  expectedHosts: 4,
  alarms: [],
  streams: {
    forward: {
      source: "blue-to-green-sync",
      sink: "green-sync-sink",
      group: "green-sync-consumer",
      topics: ["migration.appdb.orders", "migration.appdb.pawl_tombstone"],
      slot: "blue_to_green_sync",
      publication: "pawl_forward",
      origin: "from_blue",
    },
    reverse: {
      source: "green-to-blue-sync",
      sink: "blue-sync-sink",
      group: "blue-sync-consumer",
      topics: ["migration-reverse.appdb.orders", "migration-reverse.appdb.pawl_tombstone"],
      slot: "green_to_blue_sync",
      publication: "pawl_reverse",
      origin: "from_green",
    },
  },
  tables: [{ name: "appdb.orders", key: "id" }],
  otherWriters: [],
};

export const column = (name: string, type: string, more: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  type,
  typeKind: "base",
  elementKind: type.endsWith("[]") ? "base" : null,
  notNull: false,
  generated: "no",
  identity: "no",
  ...more,
});

export const ordersTable = (more: Partial<TableFacts> = {}): TableFacts => ({
  name: "appdb.orders",
  kind: "table",
  persistence: "permanent",
  isPartition: false,
  inherits: false,
  rowSecurity: false,
  replicaIdentity: "default",
  primaryKey: ["id"],
  columns: [column("id", "bigint", { notNull: true }), column("total", "numeric(12,2)")],
  checks: [],
  triggers: [],
  otherUniques: [],
  foreignKeys: [],
  rules: [],
  mayTruncate: [],
  subscriptions: [],
  defaultSequences: ["appdb.orders_id_seq"],
  ...more,
});

export const database = (side: Side, more: Partial<DatabaseFacts> = {}): DatabaseFacts => ({
  side,
  serverVersion: side === "blue" ? 160_014 : 180_004,
  systemIdentifier: side === "blue" ? "7001" : "7002",
  timeline: 1,
  instance: `1793000000.${side === "blue" ? "1" : "2"} appdb`,
  settings: {
    wal_level: "logical",
    synchronous_commit: "on",
    max_replication_slots: "10",
    max_wal_senders: "10",
    max_slot_wal_keep_size: "1024",
  },
  asynchronousCommitters: [],
  slots: [],
  walSendersInUse: 0,
  largeObjects: 0,
  tables: [ordersTable()],
  sequences: [
    {
      name: "appdb.orders_id_seq",
      increment: "1",
      minimum: "1",
      maximum: "9223372036854775807",
      cycle: false,
      next: "1",
      columnMaximum: "9223372036854775807",
    },
  ],
  roles: [],
  origins: [],
  publications: [],
  tablesBeside: [],
  pawlTriggers: [],
  pawlFunctions: [],
  ...more,
});

export const addresses = {
  blue: { host: "blue.internal", port: 5432, database: "appdb" },
  green: { host: "green.internal", port: 5433, database: "appdb" },
};

/** Two databases that nothing speaks against, and no connector yet. */
export const soundFacts = (more: Partial<CdcFacts> = {}): CdcFacts => ({
  blue: database("blue"),
  green: database("green"),
  topics: [],
  connect: {
    connectors: [],
    plugins: [
      "io.debezium.connector.postgresql.PostgresConnector",
      "io.debezium.connector.jdbc.JdbcSinkConnector",
      "org.apache.kafka.connect.mirror.MirrorSourceConnector",
    ],
    writesTransactions: false,
  },
  addresses,
  seededStreams: [],
  ...more,
});

/** The same on both sides, as a change of the table has to be. */
export const withTable = (more: Partial<TableFacts>): CdcFacts =>
  soundFacts({
    blue: database("blue", { tables: [ordersTable(more)] }),
    green: database("green", { tables: [ordersTable(more)] }),
  });

export const forwardSink = () => sinkConfig(shopCutover, "forward", addresses.green);
export const forwardSource = () => sourceConfig(shopCutover, "forward", addresses.blue, "no_data");
