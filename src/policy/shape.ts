import { pointerPart } from "./logic/scope.ts";
import { argumentProblem } from "./operations/arguments.ts";
import type { Operations } from "./operations/operation.ts";
import { OPERATOR_FORMS, operandsProblem } from "./operator-forms.ts";

export interface ShapeProblem {
  /** JSON pointer into the rule. */
  readonly at: string;
  readonly message: string;
  /** What sort of mistake it is, as the linter calls it. */
  readonly kind:
    | "rule-too-large"
    | "not-one-operator"
    | "unknown-operator"
    | "wrong-operands"
    | "wrong-arguments"
    | "misplaced-list"
    | "bad-literal";
}

const MAX_DEPTH = 64;
const MAX_PARTS = 2_000;

interface Place {
  readonly at: string;
  /** Inside the body of a quantifier, where `var` reads the element. */
  readonly element: boolean;
  /** A list may stand here. */
  readonly list: boolean;
  readonly operations: Operations;
}

/**
 * What is wrong with the form of a rule, whatever the data: each of these makes stock JSON-logic answer something that
 * looks like a verdict. Parameters have been substituted. Never throws.
 */
export const shapeProblems = (rule: unknown, operations: Operations): readonly ShapeProblem[] => {
  const size = sizeProblem(rule);
  return size === null ? check(rule, { at: "", element: false, list: false, operations }) : [size];
};

/** What a rule is too large for, null where it is not. Looks no further than it has to. */
export const sizeProblem = (rule: unknown): ShapeProblem | null => {
  const size = sizeOf(rule, 0, MAX_PARTS);
  const kind = "rule-too-large";
  if (size === "too-deep") return { kind, at: "", message: `nested deeper than ${MAX_DEPTH} levels` };
  return size > MAX_PARTS ? { kind, at: "", message: `more than ${MAX_PARTS} parts; split it into gates` } : null;
};

/**
 * Counts no further than it has to: a rule can be larger than anything that is safe to recurse into. A level is an
 * expression in another one's operands, or a list in a list.
 */
const sizeOf = (part: unknown, depth: number, most: number): number | "too-deep" => {
  if (depth > MAX_DEPTH) return "too-deep";
  if (typeof part !== "object" || part === null) return 1;
  const isExpression = !Array.isArray(part);
  let size = 1;
  for (const inner of Object.values(part)) {
    const below = sizeOf(inner, isExpression && Array.isArray(inner) ? depth : depth + 1, most - size);
    if (below === "too-deep") return below;
    size += below;
    if (size > most) return size;
  }
  return size;
};

const check = (part: unknown, place: Place): readonly ShapeProblem[] => {
  if (Array.isArray(part)) return checkList(part, place);
  if (typeof part === "object" && part !== null) return checkExpression(part as Record<string, unknown>, place);
  return problemAt(place, "bad-literal", literalProblem(part));
};

const problemAt = (
  { at }: Pick<Place, "at">,
  kind: ShapeProblem["kind"],
  message: string | null,
): readonly ShapeProblem[] => (message === null ? [] : [{ kind, at, message }]);

const checkList = (list: readonly unknown[], place: Place): readonly ShapeProblem[] =>
  place.list
    ? list.flatMap((part, index) => check(part, { ...place, at: `${place.at}/${index}` }))
    : problemAt(
        place,
        "misplaced-list",
        "a list stands where one value belongs; JSON-logic calls every list true. Remove the extra brackets",
      );

const checkExpression = (expression: Record<string, unknown>, place: Place): readonly ShapeProblem[] => {
  const operators = Object.keys(expression);
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    const found = operators.length === 0 ? "none" : operators.join(", ");
    const why = 'JSON-logic takes anything else for a plain object, which is true. Explanations go into "why"';
    return problemAt(place, "not-one-operator", `an expression has exactly one operator, here are: ${found}. ${why}`);
  }
  const written = expression[operator];
  const inside = { ...place, at: `${place.at}/${pointerPart(operator)}` };
  return Object.hasOwn(place.operations, operator)
    ? operationProblems(operator, written, inside)
    : checkOperands(operator, written, inside);
};

/** What is wrong with the use of an operation, at the place where it stands. */
export const operationProblems = (
  name: string,
  written: unknown,
  place: Pick<Place, "at" | "element" | "operations">,
): readonly ShapeProblem[] => {
  if (place.element) {
    return problemAt(
      place,
      "wrong-arguments",
      `"${name}" cannot stand inside map, filter, reduce, all, some or none; compute it outside`,
    );
  }
  const args = Array.isArray(written) ? written : [written];
  return problemAt(place, "wrong-arguments", argumentProblem(name, place.operations[name]?.forms ?? [], args));
};

const checkOperands = (operator: string, written: unknown, place: Place): readonly ShapeProblem[] => {
  const operands: readonly unknown[] = Array.isArray(written) ? written : [written];
  const problem = operandsProblem(operator, operands, place.element);
  const form = OPERATOR_FORMS.get(operator);
  if (form === undefined) return problemAt(place, "unknown-operator", problem);
  if (problem !== null || form.names) return problemAt(place, "wrong-operands", problem);
  return operands.flatMap((operand, index) =>
    check(operand, {
      ...place,
      at: Array.isArray(written) ? `${place.at}/${index}` : place.at,
      element: place.element || (form.quantifies === true && index === 1),
      list: form.lists === "all" || form.lists === index,
    }),
  );
};

const literalProblem = (part: unknown): string | null => {
  if (part === null) return 'null is nothing to compare with; ask {"known": ["signal"]} whether there is a value';
  if (typeof part === "number") return Number.isFinite(part) ? null : "not a finite number";
  return typeof part === "string" || typeof part === "boolean" ? null : "not a JSON value";
};
