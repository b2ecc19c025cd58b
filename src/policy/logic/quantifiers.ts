import type { JsonValue } from "../../kernel/json.ts";
import type { Comparison, Judged } from "../verdict.ts";
import { describe } from "./describe.ts";
import { knownAs, truthy, unknownBecause, unknownFrom, valuesOf } from "./judged.ts";
import { type Answer, type Call, type Operator, operand, type Scope } from "./scope.ts";

interface ElementVerdict {
  readonly judged: Judged;
  readonly comparisons: readonly Comparison[];
}

/** Evaluates the body over one element. Traces and comparisons of elements are kept apart, or a window would flood them. */
const overElement = (call: Call, data: unknown, changed: Partial<Scope>): ElementVerdict => {
  const comparisons: Comparison[] = [];
  const run = { ...call.scope.run, trace: [], comparisons };
  return { judged: operand(call, 1, { ...changed, run, data }), comparisons };
};

type OverList = (call: Call, list: readonly JsonValue[]) => Answer;

/** Stock calls whatever is no list empty, and then says "none of them is bad". Here it is unknown. */
const overList =
  (arity: number, evaluate: OverList): Operator =>
  (call) => {
    if (call.operands.length !== arity && !(arity === 3 && call.operands.length === 2)) {
      return { result: unknownBecause(`${call.operator}: wrong number of operands`), operands: [] };
    }
    const list = operand(call, 0, { truthOnly: false });
    if (list.kind === "unknown") return { result: list, operands: [list] };
    if (!Array.isArray(list.value)) return { result: unknownBecause(`${call.operator}: not a list`), operands: [list] };
    return evaluate(call, list.value);
  };

/** The comparisons of the element that decided, said of the list: which minute it was is in the evidence. */
const adopt = (call: Call, decisive: ElementVerdict | undefined): void => {
  const list = describe(call.operands[0], call.scope.run.nameOf);
  for (const comparison of decisive?.comparisons ?? []) {
    call.scope.run.comparisons.push({ ...comparison, what: `${comparison.what} in ${list}` });
  }
};

/**
 * `all` is an `and` over the elements, `some` an `or`, `none` its negation. Over nothing they are unknown: that no
 * minute was bad says nothing when no minute was seen.
 */
const quantifier = (decisiveTruth: boolean, whenDecided: boolean): Operator =>
  overList(2, (call, list) => {
    if (list.length === 0) return { result: unknownBecause(`${call.operator}: the list is empty`), operands: [] };
    const negated = call.operator === "none" ? !call.scope.negated : call.scope.negated;
    const elements = list.map((element) => overElement(call, element, { negated, truthOnly: true }));
    const judged = elements.map((element) => element.judged);
    const decided = elements.find(
      (element) => element.judged.kind === "known" && truthy(element.judged.value) === decisiveTruth,
    );
    const blind = elements.find((element) => element.judged.kind === "unknown");
    adopt(call, decided ?? blind ?? elements.at(-1));
    if (decided !== undefined) return { result: knownAs(whenDecided), operands: judged };
    return { result: blind === undefined ? knownAs(!whenDecided) : unknownFrom(judged), operands: judged };
  });

const map: Operator = overList(2, (call, list) => {
  const judged = list.map((element) => overElement(call, element, { truthOnly: false }).judged);
  const values = valuesOf(judged);
  return { result: values === null ? unknownFrom(judged) : knownAs(values), operands: judged };
});

const filter: Operator = overList(2, (call, list) => {
  const judged = list.map((element) => overElement(call, element, { truthOnly: true }).judged);
  const keeps = valuesOf(judged);
  if (keeps === null) return { result: unknownFrom(judged), operands: judged };
  return { result: knownAs(list.filter((_, index) => truthy(keeps[index] ?? false))), operands: judged };
});

/** Without an initial value the accumulator starts with none; a body that reads it is unknown from there on. */
const reduce: Operator = overList(3, (call, list) => {
  const initial =
    call.operands.length === 3 ? operand(call, 2, { truthOnly: false }) : unknownBecause("reduce: no initial value");
  if (initial.kind === "unknown" && call.operands.length === 3) return { result: initial, operands: [initial] };
  let accumulated = initial;
  for (const current of list) {
    const accumulator = accumulated.kind === "known" ? accumulated.value : null;
    accumulated = overElement(call, { current, accumulator }, { truthOnly: false }).judged;
    if (accumulated.kind === "unknown") break;
  }
  return { result: accumulated, operands: [initial, accumulated] };
});

export const QUANTIFIERS: Readonly<Record<string, Operator>> = {
  all: quantifier(false, false),
  some: quantifier(true, true),
  none: quantifier(true, false),
  map,
  filter,
  reduce,
};
