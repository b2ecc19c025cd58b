/** Everything that CDC cannot carry, or would silently spoil, by name. Explained one by one in `REFUSALS`. */
export const REFUSAL_NAMES = [
  "same-database",
  "postgres-too-old",
  "wal-level",
  "slots-exhausted",
  "wal-senders-exhausted",
  "asynchronous-commit",
  "blue-fenced",
  "foreign-cutover",
  "foreign-slot",
  "large-objects",
  "table-missing",
  "not-a-plain-table",
  "table-unlogged",
  "table-inherits",
  "table-name-too-long",
  "row-security",
  "primary-key-missing",
  "primary-key-differs",
  "key-type",
  "other-unique-constraint",
  "rewrite-rule",
  "trigger-fires-for-replicas",
  "truncate-trigger",
  "truncate-privilege",
  "table-subscribed",
  "columns-differ",
  "column-generated",
  "column-identity-always",
  "type-not-carried",
  "type-spoiled",
  "type-unproven",
  "float-not-finite",
  "date-not-ordinary",
  "sequence-missing",
  "sequence-elsewhere",
  "sequence-cycles",
  "sequence-increment",
  "topics-differ",
  "topic-partitions",
  "topic-left-over",
  "plugin-missing",
  "exactly-once-workers",
  "tasks-max",
  "group-differs",
  "foreign-connector",
] as const;

export type RefusalName = (typeof REFUSAL_NAMES)[number];

/** Why nothing is applied. `statements` are what would mend it, printed by the plan and never run by pawl. */
export interface Refusal {
  readonly name: RefusalName;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  readonly statements?: readonly { readonly side: "blue" | "green"; readonly sql: string }[];
}

/** Worth knowing, and no reason to stop. */
export interface Note {
  readonly name: "slot-cap" | "foreign-keys" | "tables-left-out";
  readonly what: string;
}
