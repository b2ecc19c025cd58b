import { parseDuration } from "../../kernel/units.ts";
import { signalAt } from "../../signals/catalogue.ts";
import { isAccumulated } from "../operations/evidence/uses.ts";
import { STANDARD_OPERATIONS } from "../operations/standard.ts";
import { OPERATOR_FORMS } from "../operator-forms.ts";
import { type Expression, expressionsOf, MAY_DO_WITHOUT, signalIn, uses } from "./expressions.ts";
import { type Finding, finding } from "./problem.ts";

const ofMinute = (path: unknown): string => (typeof path === "string" ? signalIn(path) : "");

const isCount = (path: string): boolean => signalAt(path)?.kind === "minute";

/** Where the newest minute of a metric decides, or every one of a window, nothing is known while it is not reported. */
export const lateFindings = ({ operator, operands, at, scope }: Expression): readonly Finding[] => {
  const path = ofMinute(operands[0]);
  if (operator !== "var" || !isCount(path)) return [];
  const where = scope === "data" ? "the newest minute" : "every minute of a window";
  return [
    finding(
      "late-minute",
      at,
      `it reads ${path} of ${where}, which CloudWatch often reports a minute or two late; the rule is unknown until then. Use rate or stat, which bear that`,
    ),
  ];
};

/** What no minute shows before gates may look at it: an answer that is not counted yet looks like none. */
const isCountedLate = (path: string): boolean => path.endsWith(".unanswered");
const SHORTEST_OF_LATE = "3m";
const isShort = (lookBack: string): boolean =>
  !isAccumulated(lookBack) && parseDuration(lookBack) < parseDuration(SHORTEST_OF_LATE);

/** A rollback rule sees the newest minutes too; what needs one of them of what is counted late is never known to it. */
export const neverCountedFindings = (expression: Expression): readonly Finding[] => {
  const path = newestOf(expression);
  if (path === undefined) return [];
  const why = `${path} is known two minutes late, and so never here: what needs it never fires`;
  const remedy = `look back over ${SHORTEST_OF_LATE} at least, by an operation such as rate or stat`;
  return [finding("never-known", expression.at, `${why}; ${remedy}`)];
};

/** The signal counted late of which an expression needs a minute that is too new. */
const newestOf = (expression: Expression): string | undefined => {
  const { operator, operands, scope } = expression;
  const named = operands.map(ofMinute).find(isCountedLate);
  if (operator === "var") return scope === "data" ? named : undefined;
  if (OPERATOR_FORMS.get(operator)?.quantifies === true) return newestInBody(expression);
  // Behind it there are numbers alone, such as the confidence of a bound.
  const lookBack = operands.findLast((operand) => typeof operand === "string");
  const looksBack = STANDARD_OPERATIONS[operator]?.forms.some((form) => form.includes("series")) === true;
  return looksBack && typeof lookBack === "string" && isShort(lookBack) ? named : undefined;
};

/** What one minute is enough for, whatever the others hold: some that is so, or, below a negation, one that is not. */
const isByOne = ({ operator, negated }: Expression): boolean =>
  negated ? operator === "all" || operator === "none" : operator === "some";

/** Of the minutes of a window the newest have no such value; only what an older one is enough for can do without them. */
const newestInBody = (expression: Expression): string | undefined => {
  const [list, body] = expression.operands;
  const [source] = expressionsOf(list);
  if (source?.operator !== "window" || uses(body, MAY_DO_WITHOUT)) return undefined;
  if (isByOne(expression) && !isShort(String(source.operands[0]))) return undefined;
  const read = expressionsOf(body).filter((each) => each.operator === "var");
  return read.map(({ operands: [path] }) => ofMinute(path)).find(isCountedLate);
};
