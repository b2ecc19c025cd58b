/** What `cdc check` finds wrong after an apply; everything here keeps `arm` from arming. */
export type FindingName =
  | "refused"
  | "unreadable"
  | "not-applied"
  | "not-seeded"
  | "topic-missing"
  | "connector-differs"
  | "connector-not-running"
  | "data-gap"
  | "slot-inactive"
  | "lag-unknown"
  | "behind"
  | "dead-letters"
  | "sequences-together"
  | "loop";

export interface Finding {
  readonly name: FindingName;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

export interface CdcCheck {
  /** Nothing found: CDC is as it has to be. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** One line for each thing that was looked at and found in order. */
  readonly passed: readonly string[];
}
