import type { JsonValue } from "../../../kernel/json.ts";
import { type BySize, isBySize, MIRRORED } from "../../logic/relations.ts";

/** A comparison of something measured with a number, the measured thing on the left. */
export interface Threshold {
  readonly measured: Expression;
  readonly operator: BySize;
  readonly limit: number;
}

export interface Expression {
  readonly operator: string;
  readonly operands: readonly JsonValue[];
}

/** null where a rule is no such comparison. Parameters have been put in. */
export const thresholdOf = (rule: JsonValue): Threshold | null => {
  const comparison = expressionOf(rule);
  if (comparison === null || !isBySize(comparison.operator)) return null;
  const [left = null, right = null, ...others] = comparison.operands;
  if (others.length > 0) return null;
  const [measured, limit] = typeof left === "number" ? [expressionOf(right), left] : [expressionOf(left), right];
  if (measured === null || typeof limit !== "number") return null;
  return { measured, operator: typeof left === "number" ? MIRRORED[comparison.operator] : comparison.operator, limit };
};

/** An expression's operator and operands; null for literals and lists. The rule's shape has been checked. */
export const expressionOf = (rule: JsonValue): Expression | null => {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return null;
  const [[operator, written] = ["", null]] = Object.entries(rule);
  return { operator, operands: Array.isArray(written) ? written : [written ?? null] };
};
