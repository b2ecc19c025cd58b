import { isJsonObject, type JsonValue } from "../../kernel/json.ts";
import { signalAt } from "../../signals/catalogue.ts";
import { wordOf } from "../logic/describe.ts";
import { isComparison } from "../logic/relations.ts";
import { pointerPart } from "../logic/scope.ts";
import { type ArgumentKind, isSignalKind, type Operations } from "../operations/operation.ts";
import { OPERATOR_FORMS } from "../operator-forms.ts";
import type { Rule } from "../policy-file.ts";

/** One expression of a rule whose shape has been checked. */
export interface Expression {
  readonly operator: string;
  readonly operands: readonly unknown[];
  readonly at: string;
  readonly operandAt: (index: number) => string;
  readonly scope: VarScope;
  /** An odd number of negations stands above it. */
  readonly negated: boolean;
}

/**
 * What `var` reads: all data; inside a quantifier a minute of a window, or some other element; inside `reduce` the
 * pair of `current` and `accumulator`. From inside, the data outside is out of reach.
 */
type VarScope = "data" | "minute" | "element" | "fold";

/** A signal that a rule names. */
export interface Reference {
  readonly path: string;
  readonly at: string;
  /** What it is used as: an operation's argument, read as it is now, of a minute, or where it cannot be read at all. */
  readonly as: ArgumentKind | "current" | "minute" | "out-of-reach";
}

/** Every expression of a rule, an outer one before those inside it. */
export const expressionsOf = (
  rule: unknown,
  at = "",
  scope: VarScope = "data",
  negated = false,
): readonly Expression[] => {
  if (Array.isArray(rule)) return rule.flatMap((part, index) => expressionsOf(part, `${at}/${index}`, scope, negated));
  if (typeof rule !== "object" || rule === null) return [];
  return Object.entries(rule).flatMap(([operator, written]) => {
    const inside = `${at}/${pointerPart(operator)}`;
    const listed = Array.isArray(written);
    const operands: readonly unknown[] = listed ? written : [written];
    const operandAt = (index: number): string => (listed ? `${inside}/${index}` : inside);
    const body = OPERATOR_FORMS.get(operator)?.quantifies === true ? bodyScope(operator, operands[0]) : scope;
    const turned = operator === "!" || operator === "none" ? !negated : negated;
    const inner = operands.flatMap((operand, index) =>
      expressionsOf(operand, operandAt(index), index === 1 ? body : scope, turned),
    );
    return [{ operator, operands, at: inside, operandAt, scope, negated }, ...inner];
  });
};

/** Whether one of these operators stands anywhere in a rule. */
export const uses = (rule: unknown, operators: ReadonlySet<string>): boolean =>
  expressionsOf(rule).some(({ operator }) => operators.has(operator));

/** `and` within `and`, or `or` within `or`, taken apart. */
export const joinedBy = (connective: "and" | "or", rule: Rule): readonly Rule[] => {
  const [operator, operands] = isJsonObject(rule) ? (Object.entries(rule)[0] ?? []) : [];
  return operator === connective && Array.isArray(operands)
    ? operands.flatMap((operand: JsonValue) => joinedBy(connective, operand))
    : [rule];
};

const bodyScope = (operator: string, list: unknown): VarScope => {
  if (operator === "reduce") return "fold";
  const [source] = expressionsOf(list);
  if (source?.operator === "filter") return bodyScope("filter", source.operands[0]);
  return source?.operator === "window" ? "minute" : "element";
};

/** Every signal a rule names, wherever it names it. */
export const referencesIn = (rule: unknown, operations: Operations): readonly Reference[] =>
  expressionsOf(rule).flatMap((expression) => {
    if (OPERATOR_FORMS.get(expression.operator)?.names) return namesIn(expression);
    const args = expression.operands;
    const operation = Object.hasOwn(operations, expression.operator) ? operations[expression.operator] : undefined;
    const form = operation?.forms.find((each) => each.length === args.length) ?? [];
    return form.flatMap((as, index) =>
      isSignalKind(as) ? [{ path: wordOf(args[index]), at: expression.operandAt(index), as }] : [],
    );
  });

const namesIn = ({ operator, operands, at, scope }: Expression): readonly Reference[] =>
  (operator === "missing_some" ? operands.slice(1) : operands)
    .flat()
    .flatMap((name) => referenceTo(wordOf(name), at, scope));

/** The signal that a path names: inside `reduce` one of the minute is read as `current.…`. */
export const signalIn = (path: string): string => path.replace(/^current\./, "");

const referenceTo = (name: string, at: string, scope: VarScope): readonly Reference[] => {
  if (scope === "data") return [{ path: name, at, as: "current" }];
  if (scope === "minute") return name === "" ? [] : [{ path: name, at, as: "minute" }];
  const signal = scope === "fold" ? signalIn(name) : name;
  if (signal !== name) return [{ path: signal, at, as: "minute" }];
  return signalAt(signal) === null ? [] : [{ path: signal, at, as: "out-of-reach" }];
};

/** The type an operand is sure to have where it has a value; null where that depends. */
export const typeOf = (operand: unknown, operations: Operations): "number" | "text" | "boolean" | "list" | null => {
  if (typeof operand === "number") return "number";
  if (typeof operand === "string") return "text";
  if (typeof operand === "boolean") return "boolean";
  const [expression] = expressionsOf(operand);
  if (expression === undefined) return null;
  const { operator, operands } = expression;
  if (operator === "var") return signalAt(wordOf(operands[0]))?.type ?? null;
  if (operator === "known" || isComparison(operator) || OTHER_CONDITIONS.has(operator)) return "boolean";
  if (LISTING.has(operator)) return "list";
  return Object.hasOwn(operations, operator) || NUMBER_OPERATORS.has(operator) ? "number" : null;
};

/** Operators that may do without one of their operands: what is unknown of it keeps nothing shut. */
export const MAY_DO_WITHOUT: ReadonlySet<string> = new Set(["if", "?:", "and", "or", "some"]);
const OTHER_CONDITIONS = new Set(["!", "!!", "all", "some", "none", "in"]);
const LISTING = new Set(["window", "filter", "map", "merge", "missing", "missing_some"]);
export const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);
export const NUMBER_OPERATORS: ReadonlySet<string> = new Set([...ARITHMETIC, "min", "max"]);
