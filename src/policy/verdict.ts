import type { JsonValue } from "../kernel/json.ts";

/** A judged expression. `unknown` carries every reason up; it is neither true nor false and never becomes either. */
export type Judged =
  | { readonly kind: "known"; readonly value: JsonValue }
  | { readonly kind: "unknown"; readonly reasons: readonly string[] };

/** One evaluated node: where it stands in the rule, what it was given, what came out. */
export interface TraceEntry {
  /** JSON pointer into the rule. */
  readonly at: string;
  readonly operands: readonly JsonValue[];
  readonly result: Judged;
}

/** A comparison that decided a verdict, as an operator reads it: value against threshold. */
export interface Comparison {
  readonly what: string;
  readonly value: JsonValue;
  readonly operator: string;
  readonly threshold: JsonValue;
  readonly holds: boolean | null;
}

export interface GateVerdict {
  readonly gate: string;
  readonly why: string;
  readonly verdict: "pass" | "fail" | "unknown";
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
}

export interface RollbackVerdict {
  readonly rule: string;
  readonly why: string;
  readonly verdict: "clear" | "fired" | "unknown";
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/** What the policy says of one body of evidence. */
export interface Judgement {
  readonly gates: readonly GateVerdict[];
  readonly rollback: readonly RollbackVerdict[];
  /** Watched signals of `blind` that have no value now; empty means pawl can see. */
  readonly blind: readonly { readonly signal: string; readonly reason: string }[];
  /** Our walker and stock json-logic-js disagreed on these: a bug in one of them. Holds, and pages. */
  readonly disagreements: readonly string[];
}
