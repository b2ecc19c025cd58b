import type { Direction, Side } from "../signals/bindings.ts";
import type { ConnectorConfig } from "./connectors.ts";

/** Whose right a statement needs. `parameters` are only ever printed: they need a restart, and pawl restarts no database. */
export type Right = "parameters" | "admin" | "owner" | "replication" | "kafka" | "connect";

/** One statement, run alone, with a lock time-out, and again until it got its lock. */
export interface SqlAction {
  readonly kind: "sql";
  readonly side: Side;
  readonly right: Right;
  readonly why: string;
  readonly sql: string;
  /** A query of one boolean: where it says true, the statement has nothing left to do and is not run. */
  readonly unless?: string;
}

/** The settings that hold a password: two by themselves, two inside the address that the guard uses. */
export type PasswordSetting =
  | "PAWL_CDC_SOURCE_PASSWORD"
  | "PAWL_CDC_SINK_PASSWORD"
  | "PAWL_BLUE_URL"
  | "PAWL_GREEN_URL";

/** Gives a role the password that the named setting holds. The password itself is in no plan and in no log. */
export interface PasswordAction {
  readonly kind: "password";
  readonly side: Side;
  readonly right: "admin";
  readonly why: string;
  readonly role: string;
  readonly setting: PasswordSetting;
}

export interface TopicsAction {
  readonly kind: "topics";
  readonly right: "kafka";
  readonly why: string;
  /** One partition each, records kept for ever. */
  readonly topics: readonly string[];
}

export interface ConnectorAction {
  readonly kind: "connector";
  readonly right: "connect";
  readonly why: string;
  readonly name: string;
  /** With placeholders where the passwords go. */
  readonly config: ConnectorConfig;
  /** A later stage of the same connector: where it already has this one, it is not taken back. */
  readonly orElse?: ConnectorConfig;
}

/** Something that has to be seen before the next action may begin. */
export interface ProofAction {
  readonly kind: "proof";
  readonly right: "replication" | "owner";
  readonly why: string;
  readonly proof:
    | { readonly of: "drained"; readonly direction: Direction }
    | { readonly of: "sequences-apart" }
    /** `directions`: the streams that run by then, and are drained before suspects are read again. */
    | { readonly of: "equal"; readonly directions: readonly Direction[] }
    | { readonly of: "one-hop" }
    | { readonly of: "seeded" };
}

export type PlanAction = SqlAction | PasswordAction | TopicsAction | ConnectorAction | ProofAction;

export type PhaseName =
  | "fence-green"
  | "roles"
  | "tables"
  | "rights"
  | "triggers"
  | "publications"
  | "topics"
  | "forward"
  | "sequences"
  | "equal"
  | "reverse"
  | "loop-probe"
  | "settle-forward"
  | "seed"
  | "unfence-green";

export interface PlanPhase {
  readonly name: PhaseName;
  readonly why: string;
  readonly actions: readonly PlanAction[];
}

export const owner = (side: Side, why: string, sql: string, unless?: string): SqlAction => ({
  kind: "sql",
  side,
  right: "owner",
  why,
  sql,
  ...(unless === undefined ? {} : { unless }),
});

export const admin = (side: Side, why: string, sql: string, unless?: string): SqlAction => ({
  ...owner(side, why, sql, unless),
  right: "admin",
});
