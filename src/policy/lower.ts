import type { JsonObject, JsonValue } from "../kernel/json.ts";
import { judgedFromData } from "./logic/judged.ts";
import type { Literal, Operation, OperationContext, Operations } from "./operations/operation.ts";
import { readableValues } from "./operations/values.ts";
import type { Rule } from "./policy-file.ts";

/** A rule whose operations have been computed: plain JSON-logic and the data it reads. Anyone can evaluate it again. */
export interface Lowered<Data extends JsonValue = JsonObject> {
  readonly residual: JsonValue;
  /** The current values, and under `facts` what the operations came to. An unknown fact is left out. */
  readonly data: Data;
  /** How many operations it had. */
  readonly facts: number;
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
  let count = 0;
  const values = readableValues(context.evidence.current);
  const facts = unusedName(values);
  const known: Record<string, JsonValue> = {};
  const absent: Record<string, string> = {};
  const names: Record<string, string> = {};

  const compute = (operation: Operation, written: JsonValue): JsonValue => {
    const path = `${facts}.${count}`;
    const args = literalArguments(written);
    const judged = operation.resolve(args, context);
    const value = judged.kind === "known" ? judgedFromData(judged.value, "no value") : judged;
    names[path] = operation.describe(args);
    if (value.kind === "known") known[count] = value.value;
    else absent[path] = value.reasons.join("; ");
    count += 1;
    return { var: path };
  };
  const lower = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(lower);
    if (!isObject(part)) return part;
    const [entry, ...others] = Object.entries(part);
    if (entry === undefined || others.length > 0) return part;
    const [name, written] = entry;
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    return operation === undefined ? { [name]: lower(written) } : compute(operation, written);
  };

  const residual = lower(rule);
  return { residual, data: { ...values, [facts]: known }, facts: count, absent, names };
};

/** `facts`, unless the values have a group of that name. */
const unusedName = (values: JsonObject, name = "facts"): string =>
  Object.hasOwn(values, name) ? unusedName(values, `${name}_`) : name;
