import type { CutoverBindings, Direction, Side } from "../signals/bindings.ts";

/** The database roles of CDC: who reads the log, who applies the other side's rows, and who only looks. */
export const SOURCE_ROLE = "cdc_source";
export const SINK_ROLE = "cdc_sink";
export const GUARD_ROLE = "pawl_guard";

export const TOKEN_TABLE = "pawl_token";
export const TOMBSTONE_TABLE = "pawl_tombstone";
export const CONFLICT_TABLE = "pawl_conflict";
export const SEED_TABLE = "pawl_seed";

/** Version, its side, and the highest version by either side in the row's lineage. */
export const VERSION_COLUMNS = ["pawl_ver", "pawl_side", "pawl_b", "pawl_g"] as const;

export const SIDES: readonly Side[] = ["blue", "green"];
export const DIRECTIONS: readonly Direction[] = ["forward", "reverse"];

export const sourceOf = (direction: Direction): Side => (direction === "forward" ? "blue" : "green");
export const targetOf = (direction: Direction): Side => (direction === "forward" ? "green" : "blue");
/** The stream that carries what this side writes. */
export const streamFrom = (side: Side): Direction => (side === "blue" ? "forward" : "reverse");
export const streamInto = (side: Side): Direction => (side === "blue" ? "reverse" : "forward");

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export interface TableName {
  readonly schema: string;
  readonly table: string;
  /** `appdb.orders`, as bindings, topics and pawl's own tables write it. */
  readonly plain: string;
  /** `"appdb"."orders"`, as SQL needs it. */
  readonly quoted: string;
}

/** The table's number in the catalogue, as SQL; null where it does not exist. */
export const regclass = ({ quoted }: TableName): string => `to_regclass(${quoteText(quoted)})`;

/** @throws {RangeError} not schema-qualified; the bindings' schema refuses such a name before it gets here. */
export const tableName = (plain: string): TableName => {
  const dot = plain.indexOf(".");
  if (dot <= 0 || dot === plain.length - 1) throw new RangeError(`"${plain}" is not a schema-qualified table name`);
  const schema = plain.slice(0, dot);
  const table = plain.slice(dot + 1);
  return { schema, table, plain, quoted: `${quoteName(schema)}.${quoteName(table)}` };
};

/** pawl's own tables and functions live beside the first bound table. */
export const pawlSchema = (cutover: CutoverBindings): string =>
  tableName(cutover.tables[0]?.name ?? "public.none").schema;

export const pawlTable = (cutover: CutoverBindings, table: string): TableName =>
  tableName(`${pawlSchema(cutover)}.${table}`);

/** What Debezium calls the stream: everything of a topic's name before its table. */
export const topicPrefix = (cutover: CutoverBindings, direction: Direction): string => {
  const tombstones = `.${pawlSchema(cutover)}.${TOMBSTONE_TABLE}`;
  const topic = cutover.streams[direction].topics.find((name) => name.endsWith(tombstones));
  return topic === undefined ? "" : topic.slice(0, -tombstones.length);
};

/** The topics that this stream's tables give it by themselves; the bindings have to list exactly these. */
export const expectedDataTopics = (cutover: CutoverBindings, direction: Direction): readonly string[] =>
  [...cutover.tables.map(({ name }) => name), pawlTable(cutover, TOMBSTONE_TABLE).plain].map(
    (name) => `${topicPrefix(cutover, direction)}.${name}`,
  );

/** Carries pawl's tokens: sunk like the data, but its records are no rows of the application. */
export const tokenTopic = (cutover: CutoverBindings, direction: Direction): string =>
  `${topicPrefix(cutover, direction)}.${pawlTable(cutover, TOKEN_TABLE).plain}`;

/** Debezium's own heartbeat topic. Nobody reads it; it has to exist, because brokers may not create topics by themselves. */
export const heartbeatTopic = (cutover: CutoverBindings, direction: Direction): string =>
  `__debezium-heartbeat.${topicPrefix(cutover, direction)}`;

export const sinkTopics = (cutover: CutoverBindings, direction: Direction): readonly string[] => [
  ...cutover.streams[direction].topics,
  tokenTopic(cutover, direction),
];

/** Every table of a publication: the application's, the tombstones and the tokens. */
export const publishedTables = (cutover: CutoverBindings): readonly TableName[] => [
  ...cutover.tables.map(({ name }) => tableName(name)),
  pawlTable(cutover, TOMBSTONE_TABLE),
  pawlTable(cutover, TOKEN_TABLE),
];
