import type { JsonValue } from "../../../kernel/json.ts";
import { isBySize } from "../../logic/relations.ts";
import { ARITHMETIC, type Expression, expressionsOf, uses } from "../expressions.ts";

/**
 * Whether a rule may come somewhere to what it comes to at none of the points that stand for all values: by arithmetic that
 * turns between them, or by minutes that are added up, or asked twice, and need not be alike.
 */
export const isBeyondPoints = (rule: JsonValue): boolean => {
  const expressions = expressionsOf(rule);
  return (
    expressions.some(turnsBetween) ||
    expressions.some(({ operator }) => operator === "reduce") ||
    expressions.filter(({ operator }) => operator === "window").length > 1
  );
};

const EQUALITIES: ReadonlySet<string> = new Set(["===", "==", "!==", "!=", "in"]);
const REMAINDER: ReadonlySet<string> = new Set(["%"]);

/**
 * Reckoned values may be equal anywhere. Which one is greater shows at the ends of what is read, unless a value stands in it
 * twice, as in `x * x < x`, or the rest of a division goes up and down.
 */
const turnsBetween = ({ operator, operands }: Expression): boolean => {
  if (!uses(operands, ARITHMETIC)) return false;
  return EQUALITIES.has(operator) || (isBySize(operator) && (readsTwice(operands) || uses(operands, REMAINDER)));
};

/** Whether a rule compares by size what is reckoned of several values: beside another condition it turns where nobody looks. */
export const reckonsBetween = (rule: JsonValue): boolean =>
  expressionsOf(rule).some(
    ({ operator, operands }) => isBySize(operator) && uses(operands, ARITHMETIC) && new Set(readIn(operands)).size > 1,
  );

const readsTwice = (operands: readonly unknown[]): boolean => {
  const read = readIn(operands);
  return new Set(read).size < read.length;
};

/** What is read, by its text, as often as it is. */
const readIn = (operands: readonly unknown[]): readonly string[] =>
  expressionsOf(operands)
    .filter((each) => expressionsOf(each.operands).length === 0)
    .map((each) => JSON.stringify([each.operator, each.operands]));
