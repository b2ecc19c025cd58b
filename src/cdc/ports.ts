import type { JsonObject } from "../kernel/json.ts";
import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { DurationMs } from "../kernel/units.ts";
import type { Direction } from "../signals/bindings.ts";
import { CONNECTOR_STATES } from "../signals/catalogue.ts";
import type { ConnectorConfig } from "./connectors.ts";
import type { DatabaseFacts, SequenceFacts, SlotFacts, TopicFacts } from "./facts.ts";
import type { TableName } from "./names.ts";

/** How a statement ended that did not succeed. `locked` and `conflicted` may be tried again, `refused` may not. */
export interface StatementFailure {
  readonly kind: "locked" | "conflicted" | "refused" | "unreachable" | "timed-out";
  readonly message: string;
}

export interface Token {
  readonly n: number;
  /** Milliseconds since the epoch, by the clock of the database that wrote it. */
  readonly writtenAtMs: number;
}

export interface SlotPosition extends SlotFacts {
  /** null while the slot is being made. */
  readonly confirmed: bigint | null;
  readonly retainedBytes: number;
  /** null where nothing limits what the slot may keep. */
  readonly safeBytes: number | null;
}

export interface SeedRow {
  readonly stream: Direction;
  readonly facts: JsonObject;
}

export interface RowDigest {
  readonly key: string;
  readonly digest: string;
}

/** What is asked to compare two tables: the same columns in the same order on both sides. */
export interface TableRows {
  readonly table: TableName;
  readonly key: string;
  /** Those that the digest is made of; without any it is the same for all rows. */
  readonly columns: readonly string[];
}

/** Everything CDC asks of one database. One connection, made when first needed; `close` gives it back. Only `writeToken` and `execute` change anything. */
export interface DatabasePort {
  /** Adds one to the token of a stream on its source, by that database's clock, and commits. */
  writeToken(table: TableName, stream: Direction): Promise<Result<Token, OutsideFailure>>;
  readToken(table: TableName, stream: string): Promise<Result<Token | null, OutsideFailure>>;
  /** The database's own clock and the position of its log, read together. */
  now(): Promise<Result<{ readonly atMs: number; readonly wal: bigint }, OutsideFailure>>;
  slot(name: string): Promise<Result<SlotPosition | null, OutsideFailure>>;
  identity(): Promise<Result<{ readonly systemIdentifier: string; readonly timeline: number }, OutsideFailure>>;
  seeds(table: TableName): Promise<Result<readonly SeedRow[], OutsideFailure>>;
  /** `table/key/loser` of every stored conflict: both sides store the same one, so the union is what counts. */
  conflicts(table: TableName): Promise<Result<readonly string[], OutsideFailure>>;
  sequences(tables: readonly TableName[]): Promise<Result<readonly SequenceFacts[], OutsideFailure>>;
  /** Client transactions, prepared ones included, of other roles than those, that began longer ago than this. */
  openTransactions(exceptRoles: readonly string[], olderThanMs: DurationMs): Promise<Result<number, OutsideFailure>>;
  /** Columns by name, in an order that does not depend on how the table came to be. */
  columns(table: TableName): Promise<Result<readonly string[], OutsideFailure>>;
  /** The next rows behind a key (null: from the first), in the order that this database gives their keys. */
  rowsAfter(
    rows: TableRows,
    after: string | null,
    limit: number,
    timeoutMs: DurationMs,
  ): Promise<Result<readonly RowDigest[], OutsideFailure>>;
  /** Of these keys those that exist. */
  rowsByKey(
    rows: TableRows,
    keys: readonly string[],
    timeoutMs: DurationMs,
  ): Promise<Result<readonly RowDigest[], OutsideFailure>>;
  /** The catalogue, as far as CDC depends on it. */
  facts(tables: readonly TableName[]): Promise<Result<DatabaseFacts, OutsideFailure>>;
  /** Runs one query of one boolean. */
  holds(sql: string): Promise<Result<boolean, OutsideFailure>>;
  /** Runs one statement, alone, giving up on a lock after `lockTimeoutMs`. */
  execute(sql: string, lockTimeoutMs: DurationMs): Promise<Result<void, StatementFailure>>;
  close(): Promise<void>;
}

/** With the administrator's rights; held by `cdc apply` and by nothing that runs unattended. */
export interface AdminDatabasePort extends DatabasePort {
  /** Sends a SCRAM verifier, never the password. */
  setPassword(role: string, password: string): Promise<Result<void, StatementFailure>>;
  writeSeed(table: TableName, seed: SeedRow): Promise<Result<void, StatementFailure>>;
}

/** Kafka's positions of one partition. Offsets are whole numbers beyond 2^53, hence bigint. */
export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  /** null: the group never committed here. */
  readonly committed: bigint | null;
  readonly start: bigint;
  readonly end: bigint;
}

export interface BrokerPort {
  /** Committed offsets first, then starts and ends, so that a race can only overstate the lag. Never writes offsets. */
  positions(
    group: string,
    topics: readonly string[],
    timeoutMs: DurationMs,
  ): Promise<Result<readonly PartitionPosition[], OutsideFailure>>;
  /** Records whose producer stamped them at or after `sinceMs`, by topic. */
  recordsSince(
    topics: readonly string[],
    sinceMs: number,
    timeoutMs: DurationMs,
  ): Promise<Result<Readonly<Record<string, number>>, OutsideFailure>>;
  /** Of these topics, those that exist. */
  topics(names: readonly string[], timeoutMs: DurationMs): Promise<Result<readonly TopicFacts[], OutsideFailure>>;
  /** Makes those that are missing: one partition, records kept for ever. */
  createTopics(names: readonly string[], timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /** Deletes those that exist. */
  deleteTopics(names: readonly string[], timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  groupExists(group: string, timeoutMs: DurationMs): Promise<Result<boolean, OutsideFailure>>;
  /** A group that does not exist counts as deleted. */
  deleteGroup(group: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
}

export type ConnectorState = (typeof CONNECTOR_STATES)[number];

export const worseOf = (one: ConnectorState, other: ConnectorState): ConnectorState =>
  CONNECTOR_STATES.indexOf(one) > CONNECTOR_STATES.indexOf(other) ? one : other;

export interface ConnectorStatus {
  /** The worst of the connector's own state and its tasks'; RUNNING without a task is UNASSIGNED. */
  readonly state: ConnectorState;
  readonly tasksRunning: number;
  /** Of whatever FAILED: the last "Caused by" of its trace, at most 300 characters; its first line where it names no cause. */
  readonly trace: string | null;
}

export interface ConnectPort {
  /** `ABSENT` where Connect does not know the connector. */
  status(name: string, timeoutMs: DurationMs): Promise<Result<ConnectorStatus, OutsideFailure>>;
  /** null where there is none. Passwords are masked. */
  config(name: string, timeoutMs: DurationMs): Promise<Result<ConnectorConfig | null, OutsideFailure>>;
  plugins(timeoutMs: DurationMs): Promise<Result<readonly string[], OutsideFailure>>;
  /** Whether its workers write what sources send in transactions. */
  writesTransactions(plugin: string, timeoutMs: DurationMs): Promise<Result<boolean, OutsideFailure>>;
  /** Makes the connector, or changes its configuration, which restarts it. */
  putConfig(name: string, config: ConnectorConfig, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /** Ends its tasks and frees what they hold; it stays configured. Absent counts as stopped. Accepted is not done. */
  stop(name: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  resume(name: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /** Restarts what has FAILED: Connect never does so by itself. */
  restartFailed(name: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /** Only while STOPPED. Of a sink this deletes its whole consumer group. Absent counts as reset. */
  resetOffsets(name: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /** Absent counts as deleted. Accepted is not done: ask `status` until it is ABSENT. */
  remove(name: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
}

/** Monotonic, real time: durations of CDC are never scaled with a lab's clock. */
export interface StopwatchPort {
  elapsedMs(): number;
  /** Ends early, without an error, when the signal is aborted. */
  pause(forMs: number, signal?: AbortSignal): Promise<void>;
}

export interface CdcPorts {
  readonly databases: Readonly<Record<"blue" | "green", DatabasePort>>;
  readonly broker: BrokerPort;
  readonly connect: ConnectPort;
  readonly stopwatch: StopwatchPort;
}

export interface CdcAdminPorts extends CdcPorts {
  readonly databases: Readonly<Record<"blue" | "green", AdminDatabasePort>>;
}
