import { pointerPart } from "./logic/scope.ts";
import type { Operations } from "./operations/operation.ts";
import { OPERATOR_FORMS } from "./operator-forms.ts";
import { operationProblems, type ShapeProblem, sizeProblem } from "./shape.ts";

/**
 * What keeps any JSON-logic, not only what a policy may hold, from being evaluated: its size, and operations that are
 * not written as they have to be. Everything else is for the walker to call unknown. Never throws.
 */
export const plainProblems = (rule: unknown, operations: Operations): readonly ShapeProblem[] => {
  const size = sizeProblem(rule);
  return size === null ? check(rule, "", false, operations) : [size];
};

const check = (part: unknown, at: string, element: boolean, operations: Operations): readonly ShapeProblem[] => {
  if (typeof part !== "object" || part === null) return [];
  if (Array.isArray(part)) return part.flatMap((each, index) => check(each, `${at}/${index}`, element, operations));
  const [entry, ...others] = Object.entries(part);
  // Anything but exactly one operator is data to stock and unknown to the walker.
  if (entry === undefined || others.length > 0) return [];
  const [operator, written] = entry;
  const inside = `${at}/${pointerPart(operator)}`;
  if (Object.hasOwn(operations, operator)) {
    return operationProblems(operator, written, { at: inside, element, operations });
  }
  if (!Array.isArray(written)) return check(written, inside, element, operations);
  const quantifies = OPERATOR_FORMS.get(operator)?.quantifies === true;
  return written.flatMap((operand, index) =>
    check(operand, `${inside}/${index}`, element || (quantifies && index === 1), operations),
  );
};
