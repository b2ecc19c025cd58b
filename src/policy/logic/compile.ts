import type { JsonValue } from "../../kernel/json.ts";
import type { Judged, TraceEntry } from "../verdict.ts";
import { type AddComparisons, comparisonsOf } from "./comparisons.ts";
import { CONNECTIVES } from "./connectives.ts";
import { DATA_ACCESS, variable } from "./data-access.ts";
import { operandList } from "./describe.ts";
import { knownAs, Unknown, unknownBecause, unknownFrom, type Value, valueFrom } from "./judged.ts";
import { QUANTIFIERS } from "./quantifiers.ts";
import {
  type Call,
  type Evaluate,
  evaluateAll,
  type Operator,
  outOfSteps,
  type Part,
  type Place,
  pointerPart,
} from "./scope.ts";
import { shown } from "./shown.ts";
import { STRICT_OPERATORS } from "./strict-operators.ts";

/** A Map, and not an object: a rule may be called `constructor`. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({ ...CONNECTIVES, ...DATA_ACCESS, ...QUANTIFIERS, ...STRICT_OPERATORS }),
);

/** Operands nested deeper than this are unknown. */
export const MAX_DEPTH = 64;

/** More trace than this is no explanation. */
const LONGEST_TRACE = 500;

/** What one compilation shares. */
interface Compilation {
  readonly nameOf: Call["nameOf"];
  /** What is wrong with the rule, whatever the data. */
  readonly malformed: string[];
}

const theElement: Call["nameOf"] = (path) => (path === "" ? "the element" : path);

/**
 * Turns plain JSON-logic into closures, once: whatever does not depend on data is worked out here. There is no code in
 * it that was made of text. Never throws.
 *
 * A rule with a malformed expression (no such operator, two of them, too few operands) is unknown as a whole: stock
 * answers or throws, depending on whether it gets there, and so a mistake would sleep until the worst moment.
 */
export const compileLogic = (rule: unknown, nameOf: Call["nameOf"] = theElement): Part => {
  const malformed: string[] = [];
  const part = compile(rule, "", { depth: 0, negated: false, truthOnly: true }, { nameOf, malformed });
  return malformed.length === 0 ? part : constant(unknownFrom(malformed.map((reason) => unknownBecause(reason))));
};

const compile = (rule: unknown, at: string, place: Place, within: Compilation): Part => {
  if (place.depth > MAX_DEPTH) return constant(unknownBecause(`deeper than ${MAX_DEPTH} levels`));
  if (Array.isArray(rule)) return compileList(rule, at, place, within);
  if (typeof rule === "object" && rule !== null) return compileExpression(rule, at, place, within);
  return constant(rule === null ? null : valueFrom(rule, () => "not a JSON value"));
};

const constant =
  (value: Value): Part =>
  () =>
    value;

const compileList = (list: readonly unknown[], at: string, place: Place, within: Compilation): Part => {
  const inside = { ...place, depth: place.depth + 1, truthOnly: false };
  const parts = Array.from(list, (part, index) => compile(part, `${at}/${index}`, inside, within));
  return (run, data) => {
    run.steps -= 1;
    if (run.steps < 0) return outOfSteps(run);
    const values: Value[] = [];
    return evaluateAll(parts, run, data, values) ? (values as readonly JsonValue[]) : unknownFrom(values);
  };
};

const compileExpression = (expression: object, at: string, place: Place, within: Compilation): Part => {
  const [entry, ...others] = Object.entries(expression);
  const malformed = (reason: string): Evaluate => {
    within.malformed.push(reason);
    // Stryker disable next-line ArrowFunction: nothing of a malformed rule is ever evaluated.
    return () => unknownBecause(reason);
  };
  if (entry === undefined || others.length > 0) {
    return traced(at, malformed("an expression has exactly one operator"), null);
  }
  const [operator, written] = entry;
  const inside = `${at}/${pointerPart(operator)}`;
  const operands = operandList(written);
  const call: Call = {
    operator,
    operands,
    place,
    nameOf: within.nameOf,
    malformed,
    compile: (index, changed = {}) => {
      const operandAt = Array.isArray(written) ? `${inside}/${index}` : inside;
      return compile(operands[index], operandAt, { ...place, ...changed, depth: place.depth + 1 }, within);
    },
  };
  if (operator === "var") return variable(call);
  const evaluate = OPERATORS.get(operator);
  if (evaluate === undefined) return traced(inside, malformed(`there is no operator "${operator}"`), null);
  return traced(inside, evaluate(call), comparisonsOf(call));
};

/** Stands in the trace until the result is there, so that an expression stands above its operands. */
const PENDING: TraceEntry = { at: "", operands: [], result: knownAs(null) };

const traced =
  (at: string, evaluate: Evaluate, addComparisons: AddComparisons | null): Part =>
  (run, data) => {
    run.steps -= 1;
    if (run.steps < 0) return outOfSteps(run);
    const { trace, comparisons } = run;
    const kept = trace !== null && trace.length < LONGEST_TRACE ? trace : null;
    const length = kept === null ? 0 : kept.push(PENDING);
    const operands: Value[] = [];
    const result = evaluate(run, data, operands);
    if (addComparisons !== null && comparisons !== null) addComparisons(comparisons, result, operands);
    if (kept !== null) kept[length - 1] = { at, operands: allShown(operands), result: traceable(result) };
    return result;
  };

/** Nearly always they can be shown as they are. */
const allShown = (operands: readonly Value[]): readonly JsonValue[] => {
  for (const value of operands) if (typeof value === "object") return operands.map(shown);
  return operands as readonly JsonValue[];
};

/** A list that is too large to show stands there in words. */
const traceable = (result: Value): Judged => (result instanceof Unknown ? result : knownAs(shown(result)));
