import { signalAt } from "../../signals/catalogue.ts";
import { pointerPart } from "../logic/scope.ts";
import type { ArgumentKind, Operations } from "../operations/operation.ts";
import { OPERATOR_FORMS } from "../operator-forms.ts";

/** One expression of a rule whose shape has been checked. */
export interface Expression {
  readonly operator: string;
  readonly operands: readonly unknown[];
  readonly at: string;
  readonly operandAt: (index: number) => string;
  /** Inside the body of a quantifier. */
  readonly element: boolean;
}

/** A signal that a rule names. */
export interface Reference {
  readonly path: string;
  readonly at: string;
  /** What it is used as: by an operation's argument, or read as it is now, or read of a list's element. */
  readonly as: ArgumentKind | "current" | "element";
}

/** Every expression of a rule, an outer one before those inside it. */
export const expressionsOf = (rule: unknown, at = "", element = false): readonly Expression[] => {
  if (Array.isArray(rule)) return rule.flatMap((part, index) => expressionsOf(part, `${at}/${index}`, element));
  if (typeof rule !== "object" || rule === null) return [];
  return Object.entries(rule).flatMap(([operator, written]) => {
    const inside = `${at}/${pointerPart(operator)}`;
    const listed = Array.isArray(written);
    const operands: readonly unknown[] = listed ? written : [written];
    const operandAt = (index: number): string => (listed ? `${inside}/${index}` : inside);
    const quantifies = OPERATOR_FORMS.get(operator)?.quantifies === true;
    const inner = operands.flatMap((operand, index) =>
      expressionsOf(operand, operandAt(index), element || (quantifies && index === 1)),
    );
    return [{ operator, operands, at: inside, operandAt, element }, ...inner];
  });
};

/** Names an element of a list may have besides a signal's. */
const ELEMENT_NAMES = new Set(["", "current", "accumulator"]);

/** Every signal a rule names, wherever it names it. */
export const referencesIn = (rule: unknown, operations: Operations): readonly Reference[] =>
  expressionsOf(rule).flatMap((expression) => {
    if (OPERATOR_FORMS.get(expression.operator)?.names) return namesIn(expression);
    const args = expression.operands;
    const form = operations[expression.operator]?.forms.find((each) => each.length === args.length) ?? [];
    return form.flatMap((as, index) =>
      as === "window" || as === "statistic" ? [] : [{ path: String(args[index]), at: expression.operandAt(index), as }],
    );
  });

const namesIn = ({ operator, operands, at, element }: Expression): readonly Reference[] => {
  const names = (operator === "missing_some" ? operands.slice(1) : operands).flat();
  const as = element ? "element" : "current";
  return names
    .map(String)
    .filter((name) => !(element && ELEMENT_NAMES.has(name)))
    .map((name) => ({ path: element ? name.replace(/^current\./, "") : name, at, as }));
};

/** The type an operand is sure to have where it has a value; null where that depends. */
export const typeOf = (operand: unknown, operations: Operations): "number" | "text" | "boolean" | null => {
  if (typeof operand === "number") return "number";
  if (typeof operand === "string") return "text";
  if (typeof operand === "boolean") return "boolean";
  const [expression] = expressionsOf(operand);
  if (expression === undefined) return null;
  const { operator, operands } = expression;
  if (operator === "var") return signalAt(String(operands[0]))?.type ?? null;
  if (operator === "known" || BOOLEAN_OPERATORS.has(operator)) return "boolean";
  if (operator === "window") return null;
  return Object.hasOwn(operations, operator) || NUMBER_OPERATORS.has(operator) ? "number" : null;
};

const BOOLEAN_OPERATORS = new Set([
  "<",
  "<=",
  ">",
  ">=",
  "==",
  "===",
  "!=",
  "!==",
  "!",
  "!!",
  "all",
  "some",
  "none",
  "in",
]);
const NUMBER_OPERATORS = new Set(["+", "-", "*", "/", "%", "min", "max"]);
