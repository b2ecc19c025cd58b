import type { Side } from "../signals/bindings.ts";

/** What a database's catalogue says, as far as CDC depends on it. Plain data, so that every refusal can be tested on a literal. */
export interface DatabaseFacts {
  readonly side: Side;
  /** e.g. 160014 for 16.14, as `server_version_num` gives it. */
  readonly serverVersion: number;
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** When its server was started, and its name: no two databases have both in common, whatever they are copies of. */
  readonly instance: string;
  readonly settings: Readonly<Record<SettingName, string>>;
  /** Roles and databases whose own settings turn `synchronous_commit` off, e.g. "role shop". */
  readonly asynchronousCommitters: readonly string[];
  readonly slots: readonly SlotFacts[];
  readonly walSendersInUse: number;
  readonly largeObjects: number;
  readonly tables: readonly TableFacts[];
  readonly sequences: readonly SequenceFacts[];
  readonly roles: readonly { readonly name: string; readonly canLogin: boolean; readonly replication: boolean }[];
  readonly origins: readonly string[];
  readonly publications: readonly { readonly name: string; readonly tables: readonly string[] }[];
  /** Tables, `schema.table`, of this cutover's schemas that are neither in it nor pawl's. */
  readonly tablesBeside: readonly string[];
  /** Tables, `schema.table`, with a trigger of pawl that is no fence: its function is in a schema of this cutover. */
  readonly pawlTriggers: readonly string[];
  /** Those functions of pawl in this cutover's schemas whose text says what they are for. */
  readonly pawlFunctions: readonly {
    readonly schema: string;
    readonly name: string;
    readonly body: string;
  }[];
}

export type SettingName =
  | "wal_level"
  | "synchronous_commit"
  | "max_replication_slots"
  | "max_wal_senders"
  | "max_slot_wal_keep_size";

export interface SlotFacts {
  readonly name: string;
  readonly active: boolean;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  readonly walStatus: string;
  readonly invalidation: string | null;
}

export interface TableFacts {
  /** `schema.table` */
  readonly name: string;
  readonly kind: "table" | "partitioned" | "view" | "foreign" | "other";
  readonly persistence: "permanent" | "unlogged" | "temporary";
  readonly isPartition: boolean;
  /** Has parents or children by inheritance. */
  readonly inherits: boolean;
  readonly rowSecurity: boolean;
  readonly replicaIdentity: "default" | "nothing" | "full" | "index";
  readonly primaryKey: readonly string[];
  readonly columns: readonly ColumnFacts[];
  readonly checks: readonly {
    readonly name: string;
    readonly definition: string;
    readonly validated: boolean;
  }[];
  readonly triggers: readonly TriggerFacts[];
  /** Unique indexes and exclusion constraints besides the primary key. */
  readonly otherUniques: readonly string[];
  readonly foreignKeys: readonly string[];
  readonly rules: readonly string[];
  /** Roles other than the owner that were granted TRUNCATE. */
  readonly mayTruncate: readonly string[];
  /** PostgreSQL's own subscriptions that write it. */
  readonly subscriptions: readonly string[];
  /** Sequences, `schema.name`, that a column takes its default from. */
  readonly defaultSequences: readonly string[];
}

export interface ColumnFacts {
  readonly name: string;
  /** As `format_type` writes it, with the modifier: `numeric(12,2)`, `timestamp with time zone[]`, `appdb.order_status`. */
  readonly type: string;
  readonly typeKind: "base" | "enum" | "domain" | "composite" | "range" | "other";
  /** Of an array, the kind of its elements. */
  readonly elementKind: "base" | "enum" | "domain" | "composite" | "range" | "other" | null;
  readonly notNull: boolean;
  readonly generated: "no" | "stored" | "virtual";
  readonly identity: "no" | "always" | "by default";
}

export interface TriggerFacts {
  readonly name: string;
  readonly enabled: "origin" | "disabled" | "replica" | "always";
  readonly onTruncate: boolean;
}

export interface SequenceFacts {
  readonly name: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cycle: boolean;
  /** The number it gives next. Whole numbers beyond 2^53 stay text. */
  readonly next: string;
  /** The largest value that the column it feeds can hold: of an `integer` column behind a `bigint` sequence, the integer's. */
  readonly columnMaximum: string | null;
}

export interface TopicFacts {
  readonly name: string;
  readonly partitions: number;
  /** Records it holds now. */
  readonly records: number;
}

export interface ConnectorFacts {
  readonly name: string;
  /** null where Connect knows no such connector. Passwords are masked by the adapter. */
  readonly config: Readonly<Record<string, string>> | null;
}

export interface ConnectFacts {
  readonly connectors: readonly ConnectorFacts[];
  /** Class names of the plugins that the worker has loaded. */
  readonly plugins: readonly string[];
  /** Its workers write what sources send in transactions. */
  readonly writesTransactions: boolean;
}

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** All that a plan and the checks before it look at. */
export interface CdcFacts {
  readonly blue: DatabaseFacts;
  readonly green: DatabaseFacts;
  /** Of the topics that the cutover needs, those that exist. */
  readonly topics: readonly TopicFacts[];
  readonly connect: ConnectFacts;
  readonly addresses: Readonly<Record<Side, DatabaseAddress>>;
  /** Streams whose sides were found equal by an earlier apply, as pawl's own table on their source says. */
  readonly seededStreams: readonly string[];
}
