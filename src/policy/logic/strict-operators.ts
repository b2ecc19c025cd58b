import type { JsonValue } from "../../kernel/json.ts";
import type { Judged } from "../verdict.ts";
import { knownAs, unknownBecause, unknownFrom, valuesOf } from "./judged.ts";
import { allOperands, type Call, type Operator } from "./scope.ts";

/**
 * Every operator here answers what stock json-logic-js answers for the same operands, or unknown: never anything else.
 * An unknown operand makes the whole unknown.
 */
const strict =
  (arity: readonly [number, number], compute: (values: readonly JsonValue[], call: Call) => Judged): Operator =>
  (call) => {
    const [least, most] = arity;
    if (call.operands.length < least || call.operands.length > most) {
      return { result: unknownBecause(`${call.operator}: wrong number of operands`), operands: [] };
    }
    const operands = allOperands(call, { truthOnly: false });
    const values = valuesOf(operands);
    return { result: values === null ? unknownFrom(operands) : compute(values, call), operands };
  };

const ANY = Number.POSITIVE_INFINITY;

const numbersIn = (values: readonly JsonValue[]): readonly number[] | null =>
  values.every((value): value is number => typeof value === "number") ? values : null;

const arithmetic = (arity: readonly [number, number], compute: (numbers: readonly number[]) => number): Operator =>
  strict(arity, (values, call) => {
    const numbers = numbersIn(values);
    if (numbers === null) return unknownBecause(`${call.operator}: operand is not a number`);
    const result = compute(numbers);
    return Number.isFinite(result) ? knownAs(result) : unknownBecause(`${call.operator}: result is not finite`);
  });

/** Numbers only: JavaScript also orders texts ("9" after "10"), and turns everything else into some number. */
const relation = (most: 2 | 3, holds: (left: number, right: number) => boolean): Operator =>
  strict([2, most], (values, call) => {
    const numbers = numbersIn(values);
    if (numbers === null) return unknownBecause(`${call.operator}: operand is not a number`);
    return knownAs(numbers.every((right, index) => index === 0 || holds(numbers[index - 1] ?? Number.NaN, right)));
  });

const isPlain = (value: JsonValue | undefined): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Lists and objects are compared by identity in JavaScript, and `==` converts between types: both are unknown here. */
const equality = (loose: boolean, equal: boolean): Operator =>
  strict([2, 2], ([left, right], call) => {
    if (!isPlain(left) || !isPlain(right)) return unknownBecause(`${call.operator}: operand is not a plain value`);
    if (loose && typeof left !== typeof right) return unknownBecause(`${call.operator}: operands of different types`);
    return knownAs((left === right) === equal);
  });

const membership: Operator = strict([2, 2], ([needle, haystack], call) => {
  if (!isPlain(needle)) return unknownBecause(`${call.operator}: what is looked for is not a plain value`);
  if (Array.isArray(haystack)) {
    const found = haystack.includes(needle);
    const complete = haystack.every((element) => isPlain(element));
    return found || complete
      ? knownAs(found)
      : unknownBecause(`${call.operator}: the list has elements without a value`);
  }
  if (typeof haystack === "string" && typeof needle === "string") {
    // Stock finds nothing in an empty text, not even an empty one.
    return knownAs(haystack !== "" && haystack.includes(needle));
  }
  return unknownBecause(`${call.operator}: nothing to look in`);
});

const concatenation: Operator = strict([1, ANY], (values, call) => {
  if (!values.every(isPlain)) return unknownBecause(`${call.operator}: operand is not a plain value`);
  // Counted before it is made: a thousand long texts are no text that fits into memory.
  const length = values.reduce<number>((total, value) => total + String(value).length, 0);
  return length <= call.scope.run.limits.maxSize
    ? knownAs(values.join(""))
    : unknownBecause(`${call.operator}: text too long`);
});

const isWhole = (value: JsonValue | undefined): value is number => Number.isInteger(value);

/** As PHP's substr, which JSON-logic follows: a negative start counts from the end, a negative length leaves that many out. */
const substring: Operator = strict([2, 3], ([source, start, length], call) => {
  if (!isPlain(source) || !isWhole(start) || (length !== undefined && !isWhole(length))) {
    return unknownBecause(`${call.operator}: operand of the wrong type`);
  }
  const rest = String(source).slice(start);
  return knownAs(length === undefined ? rest : rest.slice(0, length));
});

const merging: Operator = strict([0, ANY], (values, call) => {
  const length = values.reduce<number>((total, value) => total + (Array.isArray(value) ? value.length : 1), 0);
  return length <= call.scope.run.limits.maxSize
    ? knownAs(values.flat(1))
    : unknownBecause(`${call.operator}: list too long`);
});

/** Writes nothing anywhere: what was logged stands in the trace, as every operand does. */
const log: Operator = strict([1, ANY], ([first], call) =>
  first === undefined ? unknownBecause(`${call.operator}: nothing to log`) : knownAs(first),
);

const difference = ([first = 0, second]: readonly number[]): number => (second === undefined ? -first : first - second);

export const STRICT_OPERATORS: Readonly<Record<string, Operator>> = {
  "<": relation(3, (left, right) => left < right),
  "<=": relation(3, (left, right) => left <= right),
  ">": relation(2, (left, right) => left > right),
  ">=": relation(2, (left, right) => left >= right),
  "==": equality(true, true),
  "!=": equality(true, false),
  "===": equality(false, true),
  "!==": equality(false, false),
  "+": arithmetic([1, ANY], (numbers) => numbers.reduce((sum, each) => sum + each, 0)),
  "*": arithmetic([1, ANY], (numbers) => numbers.reduce((product, each) => product * each, 1)),
  "-": arithmetic([1, 2], difference),
  "/": arithmetic([2, 2], ([dividend = Number.NaN, divisor = Number.NaN]) => dividend / divisor),
  "%": arithmetic([2, 2], ([dividend = Number.NaN, divisor = Number.NaN]) => dividend % divisor),
  min: arithmetic([1, ANY], (numbers) => numbers.reduce((least, each) => Math.min(least, each))),
  max: arithmetic([1, ANY], (numbers) => numbers.reduce((most, each) => Math.max(most, each))),
  in: membership,
  cat: concatenation,
  substr: substring,
  merge: merging,
  log,
};
