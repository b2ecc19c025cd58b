import { signalAt } from "../../signals/catalogue.ts";
import { isBySize } from "../logic/relations.ts";
import type { Operations } from "../operations/operation.ts";
import type { Rule } from "../policy-file.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Expression, expressionsOf, NUMBER_OPERATORS, signalIn, typeOf } from "./expressions.ts";
import { type Finding, finding } from "./problem.ts";

const EQUALITIES = new Set(["==", "===", "!=", "!=="]);

/** Numbers, text and booleans where they belong, and states that exist. */
export const typeFindings = (rule: Rule, operations: Operations): readonly Finding[] => [
  ...expressionsOf(rule).flatMap((expression) => [
    ...operandFindings(expression, operations),
    ...constantFindings(expression),
  ]),
];

/** A rule has to come to true or false, and each condition in it should. */
export const truthFindings = (rule: Rule, operations: Operations): readonly Finding[] => [
  ...answerFindings(rule, operations),
  ...expressionsOf(rule).flatMap((expression) => askedFindings(expression, operations)),
];

const operandFindings = ({ operator, operands, at }: Expression, operations: Operations): readonly Finding[] => {
  const types = operands.map((operand) => typeOf(operand, operations));
  if (isBySize(operator) || NUMBER_OPERATORS.has(operator)) {
    const wrong = types.find((type) => type !== null && type !== "number");
    const does = isBySize(operator) ? "compares" : "computes with";
    return wrong === undefined
      ? []
      : [finding("wrong-type", at, `"${operator}" ${does} numbers, here is ${wrong}; it would never be known`)];
  }
  if (operator === "in") return stateFindings(operands[0], [operands[1]].flat(), at);
  if (!EQUALITIES.has(operator)) return [];
  const [left, right] = types;
  if (left && right && left !== right)
    return [finding("wrong-type", at, `${left} is never equal to ${right}; compare like with like`)];
  return [...stateFindings(operands[0], [operands[1]], at), ...stateFindings(operands[1], [operands[0]], at)];
};

/** A state nobody ever has makes a gate that never opens, or a rollback rule that never fires. */
const stateFindings = (read: unknown, states: readonly unknown[], at: string): readonly Finding[] => {
  const [expression] = expressionsOf(read);
  const path = expression?.operator === "var" ? signalIn(String(expression.operands[0])) : "";
  const values = signalAt(path)?.values;
  if (values === undefined) return [];
  return states
    .filter((state): state is string => typeof state === "string" && !values.includes(state))
    .map((state) => {
      const known = `"${state}" is no value of ${path} (${values.join(", ")}).`;
      return finding("unknown-state", at, `${known}${didYouMean(state, values)}`);
    });
};

const CONNECTIVES = new Set(["and", "or", "!", "!!", "if", "?:"]);
/** Of these the second operand is looked at for its truth alone. */
const ASKING = new Set(["all", "some", "none", "filter"]);

/** Whether an operand of a connective is looked at for its truth, and not for its value. */
const isCondition = ({ operator, operands }: Expression, index: number): boolean =>
  operator === "if" || operator === "?:" ? index % 2 === 0 && index !== operands.length - 1 : true;

const constantFindings = (expression: Expression): readonly Finding[] => {
  const { operator, operands, at } = expression;
  const constant = operands.find((operand, index) => typeof operand !== "object" && isCondition(expression, index));
  if (!CONNECTIVES.has(operator) || constant === undefined) return [];
  const what = `${JSON.stringify(constant)} is decided beforehand`;
  return [finding("constant-operand", at, `${what}; an operand of "${operator}" has to look at something`)];
};

/** JSON-logic asks a number whether it is 0 and a text whether it is empty: seldom what was meant. */
const askedFindings = (expression: Expression, operations: Operations): readonly Finding[] => {
  const { operator, operands, operandAt } = expression;
  return operands.flatMap((operand, index) => {
    const asked = CONNECTIVES.has(operator) ? isCondition(expression, index) : ASKING.has(operator) && index === 1;
    const type = asked && typeof operand === "object" ? typeOf(operand, operations) : null;
    // Of a list it is asked whether anything is in it, as of what is missing.
    if (type === null || type === "boolean" || type === "list") return [];
    const what = type === "number" ? "every number but 0" : "every text that is not empty";
    return [finding("truth-of-value", operandAt(index), `JSON-logic calls ${what} true; say what to compare it with`)];
  });
};

/** Only exactly true opens a gate or fires a rule, so the rule as a whole has to be a comparison of some kind. */
const answerFindings = (rule: Rule, operations: Operations): readonly Finding[] =>
  answersOf(rule, "").flatMap(({ part, at }) => {
    const type = typeOf(part, operations);
    if (type === null || type === "boolean") return [];
    const instead =
      type === "list" ? 'ask "some", "all" or "none" of it, or "!!" whether anything is in it' : "compare it";
    return [finding("not-a-condition", at, `the rule comes to ${type} here, and only exactly true counts; ${instead}`)];
  });

/** What a rule may come to: through `and`, `or` and `if` one of several. */
const answersOf = (part: unknown, at: string): readonly { readonly part: unknown; readonly at: string }[] => {
  const [expression] = expressionsOf(part, at);
  if (expression === undefined || !["and", "or", "if", "?:"].includes(expression.operator)) return [{ part, at }];
  const chosen = expression.operands.map((operand, index) => ({ operand, index }));
  const asked = ["if", "?:"].includes(expression.operator)
    ? chosen.filter(({ index }) => !isCondition(expression, index))
    : chosen;
  return asked.flatMap(({ operand, index }) => answersOf(operand, expression.operandAt(index)));
};
