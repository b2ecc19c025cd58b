import { canonicalJson } from "../kernel/json.ts";
import type { CutoverBindings, Direction, Side } from "../signals/bindings.ts";
import type { DatabaseAddress } from "./facts.ts";
import {
  pawlTable,
  publishedTables,
  quoteText,
  SINK_ROLE,
  SOURCE_ROLE,
  sinkTopics,
  sourceOf,
  TOKEN_TABLE,
  targetOf,
  topicPrefix,
} from "./names.ts";

export type ConnectorConfig = Readonly<Record<string, string>>;
/** `initial` copies the rows that are there; `no_data` reads on from its slot and never copies. */
export type SnapshotMode = "initial" | "no_data";

/** What stands in a plan where a password will be; the executor replaces it, and a digest leaves it out. */
export const PASSWORD_OF = {
  [SOURCE_ROLE]: "<PAWL_CDC_SOURCE_PASSWORD>",
  [SINK_ROLE]: "<PAWL_CDC_SINK_PASSWORD>",
} as const;

const SECRET_KEYS: ReadonlySet<string> = new Set(["database.password", "connection.password"]);

export const SOURCE_PLUGIN = "io.debezium.connector.postgresql.PostgresConnector";

const jsonConverters = {
  "key.converter": "org.apache.kafka.connect.json.JsonConverter",
  "key.converter.schemas.enable": "true",
  "value.converter": "org.apache.kafka.connect.json.JsonConverter",
  "value.converter.schemas.enable": "true",
};

/** Writes a token a second on the source, by the source's clock: what reaches the other side proves that the path lives. */
export const tokenStatement = (cutover: CutoverBindings, direction: Direction): string => {
  const { plain, table } = pawlTable(cutover, TOKEN_TABLE);
  return (
    `insert into ${plain} (stream, written_at, n) values (${quoteText(direction)}, clock_timestamp(), 1) ` +
    `on conflict (stream) do update set written_at = excluded.written_at, n = ${table}.n + 1`
  );
};

/**
 * The Debezium source of one stream. Numerics and intervals travel as text, because their other forms lose digits and
 * days; `origin=none` leaves out what the sink applied, which is what keeps the two streams from feeding each other.
 * Topics are made beforehand and never by the worker: a topic that came back by itself would be a silent gap.
 */
export const sourceConfig = (
  cutover: CutoverBindings,
  direction: Direction,
  address: DatabaseAddress,
  snapshot: SnapshotMode,
): ConnectorConfig => ({
  "connector.class": SOURCE_PLUGIN,
  "tasks.max": "1",
  "plugin.name": "pgoutput",
  "database.hostname": address.host,
  "database.port": String(address.port),
  "database.dbname": address.database,
  "database.user": SOURCE_ROLE,
  "database.password": PASSWORD_OF[SOURCE_ROLE],
  "topic.prefix": topicPrefix(cutover, direction),
  "slot.name": cutover.streams[direction].slot,
  "slot.stream.params": "origin=none",
  "publication.name": cutover.streams[direction].publication,
  "publication.autocreate.mode": "disabled",
  "table.include.list": publishedTables(cutover)
    .map(({ plain }) => plain.replaceAll(".", "\\."))
    .join(","),
  "snapshot.mode": snapshot,
  "tombstones.on.delete": "false",
  "decimal.handling.mode": "string",
  "interval.handling.mode": "string",
  "heartbeat.interval.ms": "1000",
  "heartbeat.action.query": tokenStatement(cutover, direction),
  "poll.interval.ms": "50",
  "errors.tolerance": "none",
  ...jsonConverters,
});

/**
 * The JDBC sink of one stream. Its one connection (a pool would need an origin each) becomes a replica session with a
 * replication origin before it does anything, in one statement; were that left out, the guard triggers refuse every write.
 */
export const sinkConfig = (
  cutover: CutoverBindings,
  direction: Direction,
  address: DatabaseAddress,
): ConnectorConfig => ({
  "connector.class": "io.debezium.connector.jdbc.JdbcSinkConnector",
  "tasks.max": "1",
  topics: sinkTopics(cutover, direction).join(","),
  "connection.url": `jdbc:postgresql://${address.host}:${address.port}/${address.database}?stringtype=unspecified`,
  "connection.username": SINK_ROLE,
  "connection.password": PASSWORD_OF[SINK_ROLE],
  "connection.pool.min_size": "1",
  "connection.pool.max_size": "1",
  "hibernate.agroal.initialSQL": tagSession(cutover.streams[direction].origin),
  "insert.mode": "upsert",
  "primary.key.mode": "record_key",
  "delete.enabled": "true",
  "schema.evolution": "none",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the sink's own placeholders, not ours.
  "collection.name.format": "${source.schema}.${source.table}",
  "consumer.override.group.id": cutover.streams[direction].group,
  "consumer.override.auto.offset.reset": "earliest",
  "errors.tolerance": "none",
  ...jsonConverters,
});

/**
 * One session at a time may carry an origin. A sink that starts anew meets the session of the one before it, which the
 * database has not seen end yet; it waits ten seconds for that, because a task that fails stays failed.
 */
const tagSession = (origin: string): string => {
  const setUp = `perform pg_replication_origin_session_setup(${quoteText(origin)});`;
  return [
    "do $pawl$ begin",
    "perform set_config('session_replication_role', 'replica', false);",
    "for attempt in 1..100 loop",
    `begin ${setUp} return; exception when object_in_use then perform pg_sleep(0.1); end;`,
    "end loop;",
    setUp,
    "end $pawl$",
  ].join(" ");
};

export interface WantedConnector {
  readonly name: string;
  readonly direction: Direction;
  readonly role: "source" | "sink";
  /** The configurations that are pawl's own, the one to end with first. */
  readonly configs: readonly ConnectorConfig[];
}

/** All four connectors of a cutover, in the order in which they are started. */
export const wantedConnectors = (
  cutover: CutoverBindings,
  addresses: Readonly<Record<Side, DatabaseAddress>>,
): readonly WantedConnector[] =>
  (["forward", "reverse"] as const).flatMap((direction): WantedConnector[] => {
    const source = (mode: SnapshotMode) => sourceConfig(cutover, direction, addresses[sourceOf(direction)], mode);
    return [
      {
        name: cutover.streams[direction].sink,
        direction,
        role: "sink",
        configs: [sinkConfig(cutover, direction, addresses[targetOf(direction)])],
      },
      {
        name: cutover.streams[direction].source,
        direction,
        role: "source",
        configs: direction === "forward" ? [source("no_data"), source("initial")] : [source("no_data")],
      },
    ];
  });

/** One text for one configuration: without its passwords, and without the name that Connect adds. */
export const configText = (config: ConnectorConfig): string =>
  canonicalJson(Object.fromEntries(Object.entries(config).filter(([key]) => key !== "name" && !SECRET_KEYS.has(key))));

/** The settings in which a configuration found differs from the one wanted, by name only: values may be secret. */
export const configDifferences = (wanted: ConnectorConfig, found: ConnectorConfig): readonly string[] =>
  [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((key) => key !== "name" && !SECRET_KEYS.has(key) && wanted[key] !== found[key])
    .sort();

/** Puts the passwords in; what comes back is sent to Connect and nowhere else. */
export const withPasswords = (
  config: ConnectorConfig,
  passwords: { readonly source: string; readonly sink: string },
): ConnectorConfig =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (value === PASSWORD_OF[SOURCE_ROLE]) return [key, passwords.source];
      if (value === PASSWORD_OF[SINK_ROLE]) return [key, passwords.sink];
      return [key, value];
    }),
  );
