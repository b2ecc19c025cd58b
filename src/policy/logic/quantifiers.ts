import type { JsonValue } from "../../kernel/json.ts";
import type { Comparison } from "../verdict.ts";
import { describe } from "./describe.ts";
import { areKnown, truthy, Unknown, unknownBecause, unknownFrom, type Value } from "./judged.ts";
import { type Call, type Evaluate, type Operator, outOfSteps, type Part, type Place, type Run } from "./scope.ts";

/** Evaluates the body over one element. Traces and comparisons of elements are left out, or a window would flood them. */
const overElement = (body: Part, run: Run, element: unknown): Value => {
  run.steps -= 1;
  if (run.steps < 0) return outOfSteps(run);
  const { trace, comparisons } = run;
  run.trace = null;
  run.comparisons = null;
  const value = body(run, element);
  run.trace = trace;
  run.comparisons = comparisons;
  return value;
};

/** Every element's value, as far as the steps reach. */
const overAll = (body: Part, run: Run, list: readonly JsonValue[], values: Value[]): void => {
  for (const element of list) {
    values.push(overElement(body, run, element));
    if (run.steps < 0) return;
  }
};

type OverList = (body: Part, call: Call) => (run: Run, list: readonly JsonValue[], operands: Value[]) => Value;

/** Stock calls whatever is no list empty, and then says "none of them is bad". Here it is unknown. */
const listFrom = (
  source: Part,
  operator: string,
): ((...over: Parameters<Evaluate>) => readonly JsonValue[] | Unknown) => {
  const noList = unknownBecause(`${operator}: not a list`);
  return (run, data, operands) => {
    const list = source(run, data);
    if (Array.isArray(list)) return list;
    operands.push(list);
    return list instanceof Unknown ? list : noList;
  };
};

const overList =
  (changed: (call: Call) => Partial<Place>, evaluate: OverList): Operator =>
  (call) => {
    if (call.operands.length !== 2) return call.malformed(`${call.operator}: wrong number of operands`);
    const source = listFrom(call.compile(0, { truthOnly: false }), call.operator);
    const over = evaluate(call.compile(1, changed(call)), call);
    return (run, data, operands) => {
      const list = source(run, data, operands);
      return list instanceof Unknown ? list : over(run, list, operands);
    };
  };

/**
 * The comparisons of the element that decided, said of the list: which minute it was is in the evidence. Evaluated
 * once more for it, because only afterwards it is known which one decided: with steps of its own, as the few that are
 * left might call unknown what is known. They are enough, because they were.
 */
const adoptComparisons = (run: Run, body: Part, element: unknown, list: () => string): void => {
  const { comparisons, trace, steps } = run;
  if (comparisons === null || steps < 0) return;
  const found: Comparison[] = [];
  run.trace = null;
  run.comparisons = found;
  run.steps = run.limits.maxSteps;
  body(run, element);
  run.trace = trace;
  run.comparisons = comparisons;
  run.steps = steps;
  for (const comparison of found) comparisons.push({ ...comparison, what: `${comparison.what} in ${list()}` });
};

/**
 * `all` is an `and` over the elements, `some` an `or`, `none` its negation. Over nothing they are unknown: that no
 * minute was bad says nothing when no minute was seen.
 */
const quantifier = (decisiveTruth: boolean, whenDecided: boolean): Operator =>
  overList(
    ({ operator, place }) => ({ negated: operator === "none" ? !place.negated : place.negated, truthOnly: true }),
    (body, call) => {
      const empty = unknownBecause(`${call.operator}: the list is empty`);
      let name: string | null = null;
      const listName = (): string => {
        name ??= describe(call.operands[0], call.nameOf);
        return name;
      };
      return (run, list, operands) => {
        if (list.length === 0) return empty;
        overAll(body, run, list, operands);
        const decided = operands.findIndex((value) => !(value instanceof Unknown) && truthy(value) === decisiveTruth);
        const blind = operands.findIndex((value) => value instanceof Unknown);
        const telling = [decided, blind].find((index) => index !== -1) ?? list.length - 1;
        adoptComparisons(run, body, list[telling], listName);
        if (decided !== -1) return whenDecided;
        return blind === -1 ? !whenDecided : unknownFrom(operands);
      };
    },
  );

const map: Operator = overList(
  () => ({ truthOnly: false }),
  (body) => (run, list, operands) => {
    overAll(body, run, list, operands);
    return areKnown(operands) ? operands : unknownFrom(operands);
  },
);

const filter: Operator = overList(
  () => ({ truthOnly: true }),
  (body) => (run, list, operands) => {
    overAll(body, run, list, operands);
    if (!areKnown(operands)) return unknownFrom(operands);
    return list.filter((_, index) => truthy(operands[index] ?? false));
  },
);

/** Without an initial value the accumulator starts with none; a body that reads it is unknown from there on. */
const reduce: Operator = (call) => {
  if (call.operands.length !== 2 && call.operands.length !== 3)
    return call.malformed("reduce: wrong number of operands");
  const source = listFrom(call.compile(0, { truthOnly: false }), "reduce");
  const body = call.compile(1, { truthOnly: false });
  const noStart = unknownBecause("reduce: no initial value");
  const start = call.operands.length === 3 ? call.compile(2, { truthOnly: false }) : null;
  return (run, data, operands) => {
    const list = source(run, data, operands);
    if (list instanceof Unknown) return list;
    const initial = start === null ? noStart : start(run, data);
    operands.push(initial);
    if (initial instanceof Unknown && start !== null) return initial;
    const accumulated = fold(body, run, list, initial);
    operands.push(accumulated);
    return accumulated;
  };
};

/** A body that comes to unknown ends it: nothing behind it could be known. */
const fold = (body: Part, run: Run, list: readonly JsonValue[], initial: Value): Value => {
  let accumulated = initial;
  for (const current of list) {
    const accumulator = accumulated instanceof Unknown ? null : accumulated;
    accumulated = overElement(body, run, { current, accumulator });
    if (accumulated instanceof Unknown) break;
  }
  return accumulated;
};

export const QUANTIFIERS: Readonly<Record<string, Operator>> = {
  all: quantifier(false, false),
  some: quantifier(true, true),
  none: quantifier(true, false),
  map,
  filter,
  reduce,
};
