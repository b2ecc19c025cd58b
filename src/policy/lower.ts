import type { JsonObject, JsonValue } from "../kernel/json.ts";
import { judgedFromData } from "./logic/judged.ts";
import type { Literal, OperationContext, Operations } from "./operations/operation.ts";
import { readableValues } from "./operations/values.ts";
import type { Rule } from "./policy-file.ts";

/** A rule whose operations have been computed: plain JSON-logic and the data it reads. Anyone can evaluate it again. */
export interface Lowered {
  readonly residual: JsonValue;
  /** The current values, and under `facts` what the operations came to. An unknown fact is left out. */
  readonly data: JsonObject;
  /** `facts.0` → why it is unknown. */
  readonly absent: Readonly<Record<string, string>>;
  /** `facts.0` → what it is, in an operator's words. */
  readonly names: Readonly<Record<string, string>>;
}

const isObject = (rule: JsonValue): rule is JsonObject =>
  typeof rule === "object" && rule !== null && !Array.isArray(rule);

export const literalArguments = (written: JsonValue): readonly Literal[] =>
  (Array.isArray(written) ? written : [written]).filter((each): each is Literal => typeof each !== "object");

/**
 * Computes every operation of a rule and puts `{"var": "facts.N"}` in its place.
 * The rule's shape has been checked: operations are known, their arguments literal, the depth bounded.
 */
export const lowerRule = (rule: Rule, operations: Operations, context: OperationContext): Lowered => {
  const facts: JsonValue[] = [];
  const known: Record<string, JsonValue> = {};
  const absent: Record<string, string> = {};
  const names: Record<string, string> = {};

  const lower = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(lower);
    if (!isObject(part)) return part;
    const [name = "", written = null] = Object.entries(part)[0] ?? [];
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) return { [name]: lower(written) };
    const index = facts.push(written) - 1;
    const args = literalArguments(written);
    const judged = operation.resolve(args, context);
    const value = judged.kind === "known" ? judgedFromData(judged.value, "no value") : judged;
    names[`facts.${index}`] = operation.describe(args);
    if (value.kind === "known") known[index] = value.value;
    else absent[`facts.${index}`] = value.reasons.join("; ");
    return { var: `facts.${index}` };
  };

  const residual = lower(rule);
  return { residual, data: { ...readableValues(context.evidence.current), facts: known }, absent, names };
};
