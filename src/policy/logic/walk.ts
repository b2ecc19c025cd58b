import type { Comparison, Judged, TraceEntry } from "../verdict.ts";
import { comparisonsOf } from "./comparisons.ts";
import { CONNECTIVES } from "./connectives.ts";
import { DATA_ACCESS } from "./data-access.ts";
import { operandList } from "./describe.ts";
import { judgedFromData, knownAs, shown, unknownBecause, unknownFrom, valuesOf } from "./judged.ts";
import { QUANTIFIERS } from "./quantifiers.ts";
import { type Operator, pointerPart, type Run, type Scope, type Walk, type WalkLimits } from "./scope.ts";
import { STRICT_OPERATORS } from "./strict-operators.ts";

/** A Map, and not an object: a rule may be called `constructor`. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({ ...CONNECTIVES, ...DATA_ACCESS, ...QUANTIFIERS, ...STRICT_OPERATORS }),
);

/** More trace than this is no explanation. */
const LONGEST_TRACE = 500;

export const STANDARD_LIMITS: WalkLimits = { maxDepth: 64, maxSteps: 20_000, maxSize: 10_000 };

export interface Walked {
  readonly result: Judged;
  readonly trace: readonly TraceEntry[];
  readonly comparisons: readonly Comparison[];
}

/**
 * Evaluates plain JSON-logic in three values. A definite answer is the one stock json-logic-js gives, and would stay
 * the same however the gaps in the data were filled; everything else is unknown, with every reason.
 *
 * Never throws on any rule or JSON data, and ends within its limits.
 */
export const walkRule = (
  rule: unknown,
  data: unknown,
  limits: WalkLimits = STANDARD_LIMITS,
  words: Partial<Pick<Run, "whyAbsent" | "nameOf">> = {},
): Walked => {
  const run: Run = {
    limits,
    budget: { steps: limits.maxSteps },
    trace: [],
    comparisons: [],
    whyAbsent: words.whyAbsent ?? (() => "no value"),
    nameOf: words.nameOf ?? ((path) => (path === "" ? "the element" : path)),
  };
  const result = walk(rule, "", { run, data, depth: 0, negated: false, truthOnly: true });
  return { result, trace: run.trace, comparisons: run.comparisons };
};

const walk: Walk = (rule, at, scope) => {
  scope.run.budget.steps -= 1;
  if (scope.run.budget.steps < 0) return unknownBecause(`more than ${scope.run.limits.maxSteps} steps`);
  if (scope.depth > scope.run.limits.maxDepth) return unknownBecause(`deeper than ${scope.run.limits.maxDepth} levels`);
  if (Array.isArray(rule)) return walkList(rule, at, scope);
  if (typeof rule === "object" && rule !== null) return walkExpression(rule, at, scope);
  return rule === null ? knownAs(null) : judgedFromData(rule, "not a JSON value");
};

const walkList = (list: readonly unknown[], at: string, scope: Scope): Judged => {
  const parts = list.map((part, index) =>
    walk(part, `${at}/${index}`, { ...scope, depth: scope.depth + 1, truthOnly: false }),
  );
  const values = valuesOf(parts);
  return values === null ? unknownFrom(parts) : knownAs(values);
};

const walkExpression = (expression: object, at: string, scope: Scope): Judged => {
  const entries = Object.entries(expression);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return unknownBecause("an expression has exactly one operator");
  const [operator, written] = entry;
  const evaluate = OPERATORS.get(operator);
  if (evaluate === undefined) return unknownBecause(`there is no operator "${operator}"`);
  const inside = `${at}/${pointerPart(operator)}`;
  const call = {
    operator,
    operands: operandList(written),
    operandAt: (index: number) => (Array.isArray(written) ? `${inside}/${index}` : inside),
    scope,
    walk,
  };
  // The place is kept free beforehand, so that an expression stands above its operands.
  const place = scope.run.trace.length;
  const keep = place < LONGEST_TRACE && operator !== "var";
  if (keep) scope.run.trace.push({ at: inside, operands: [], result: knownAs(null) });
  const answer = evaluate(call);
  if (keep) scope.run.trace[place] = { at: inside, operands: answer.operands.map(shown), result: answer.result };
  scope.run.comparisons.push(...comparisonsOf(call, answer));
  return answer.result;
};
