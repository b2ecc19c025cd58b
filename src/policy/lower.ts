import { isJsonObject, type JsonValue } from "../kernel/json.ts";
import { judgedFromData } from "./logic/judged.ts";
import type { Literal, Operation, OperationContext, Operations } from "./operations/operation.ts";
import type { Rule } from "./policy-file.ts";

/** One use of an operation, in whose place the lowered rule reads a fact. */
export interface Fact {
  readonly name: string;
  readonly operation: Operation;
  readonly args: readonly Literal[];
  /** Where the lowered rule reads it: `facts.0`. */
  readonly path: string;
}

/** A rule with a `var` wherever it had an operation: plain JSON-logic, which anyone can evaluate again. */
export interface Lowered {
  readonly residual: JsonValue;
  /** The group of data under which the facts are looked for. */
  readonly group: string;
  readonly facts: readonly Fact[];
}

export const literalArguments = (written: JsonValue): readonly Literal[] =>
  (Array.isArray(written) ? written : [written]).filter((each): each is Literal => typeof each !== "object");

/**
 * Puts `{"var": "facts.N"}` in the place of every operation. The rule's shape has been checked: operations are known,
 * their arguments literal, the depth bounded.
 */
export const lowerRule = (rule: Rule, operations: Operations, group: string): Lowered => {
  const facts: Fact[] = [];
  const lower = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(lower);
    if (!isJsonObject(part)) return part;
    const [entry, ...others] = Object.entries(part);
    if (entry === undefined || others.length > 0) return part;
    const [name, written] = entry;
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) return { [name]: lower(written) };
    const path = `${group}.${facts.length}`;
    facts.push({ name, operation, args: literalArguments(written), path });
    return { var: path };
  };
  return { residual: lower(rule), group, facts };
};

/** What the operations came to over one body of evidence. */
export interface Resolved {
  /** By their number; an unknown one is left out. */
  readonly known: Readonly<Record<string, JsonValue>>;
  /** `facts.0` → why it is unknown. */
  readonly absent: Readonly<Record<string, string>>;
}

export const resolveFacts = (facts: readonly Fact[], context: OperationContext): Resolved => {
  const known: Record<string, JsonValue> = {};
  const absent: Record<string, string> = {};
  for (let index = 0; index < facts.length; index += 1) {
    const { operation, args, path } = facts[index] as Fact;
    const judged = operation.resolve(args, context);
    const value = judged.kind === "known" ? judgedFromData(judged.value, "no value") : judged;
    if (value.kind === "known") known[index] = value.value;
    else absent[path] = value.reasons.join("; ");
  }
  return { known, absent };
};
