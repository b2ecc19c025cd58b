import type { JsonValue } from "../../kernel/json.ts";
import { unknownBecause, unknownFrom, type Value } from "./judged.ts";
import { allOperands, type Call, evaluateAll, type Operator, outOfSteps, type Run, spend } from "./scope.ts";

type Compute = (values: readonly JsonValue[], run: Run) => Value;

/**
 * Every operator here answers what stock json-logic-js answers for the same operands, or unknown: never anything else.
 * An unknown operand makes the whole unknown.
 */
const strict =
  ([least, most]: readonly [number, number], compute: (call: Call) => Compute): Operator =>
  (call) => {
    if (call.operands.length < least || call.operands.length > most) {
      return call.malformed(`${call.operator}: wrong number of operands`);
    }
    const parts = allOperands(call, { truthOnly: false });
    const computed = compute(call);
    return (run, data, operands) =>
      // Nothing in the list is unknown then.
      evaluateAll(parts, run, data, operands) ? computed(operands as readonly JsonValue[], run) : unknownFrom(operands);
  };

const ANY = Number.POSITIVE_INFINITY;

const areNumbers = (values: readonly JsonValue[]): values is readonly number[] => {
  for (const value of values) if (typeof value !== "number") return false;
  return true;
};

const arithmetic = (arity: readonly [number, number], compute: (numbers: readonly number[]) => number): Operator =>
  strict(arity, ({ operator }) => {
    const noNumber = unknownBecause(`${operator}: operand is not a number`);
    const notFinite = unknownBecause(`${operator}: result is not finite`);
    return (values) => {
      if (!areNumbers(values)) return noNumber;
      const result = compute(values);
      return Number.isFinite(result) ? result : notFinite;
    };
  });

/** Numbers only: JavaScript also orders texts ("9" after "10"), and turns everything else into some number. */
const relation = (most: 2 | 3, holds: (left: number, right: number) => boolean): Operator =>
  strict([2, most], ({ operator }) => {
    const noNumber = unknownBecause(`${operator}: operand is not a number`);
    return (values) => {
      if (!areNumbers(values)) return noNumber;
      const [first = Number.NaN, second = Number.NaN, third] = values;
      return holds(first, second) && (third === undefined || holds(second, third));
    };
  });

const isPlain = (value: JsonValue | undefined): value is string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Lists and objects are compared by identity in JavaScript, and `==` converts between types: both are unknown here. */
const equality = (loose: boolean, equal: boolean): Operator =>
  strict([2, 2], ({ operator }) => {
    const notPlain = unknownBecause(`${operator}: operand is not a plain value`);
    const mixed = unknownBecause(`${operator}: operands of different types`);
    return ([left, right]) => {
      if (!isPlain(left) || !isPlain(right)) return notPlain;
      return loose && typeof left !== typeof right ? mixed : (left === right) === equal;
    };
  });

/** Data may hold a number beyond all others, which is as little known as one that is missing. */
const isKnown = (value: JsonValue): boolean => isPlain(value) && (typeof value !== "number" || Number.isFinite(value));

const membership: Operator = strict([2, 2], () => ([needle, haystack], run) => {
  if (!isPlain(needle)) return unknownBecause("in: what is looked for is not a plain value");
  if (!spend(run, sizeOf(haystack) + searchCost(needle, haystack))) return outOfSteps(run);
  if (Array.isArray(haystack)) {
    const found = haystack.includes(needle);
    return found || haystack.every(isKnown) ? found : unknownBecause("in: the list has elements without a value");
  }
  // Stock finds nothing in an empty text, not even an empty one.
  if (typeof haystack === "string" && typeof needle === "string") return haystack !== "" && haystack.includes(needle);
  return unknownBecause("in: nothing to look in");
});

/** Of searching a text, in parts that are read: at worst every place in it is compared with all that is looked for. */
const searchCost = (needle: JsonValue, haystack: JsonValue | undefined): number =>
  typeof needle === "string" && typeof haystack === "string" ? (needle.length * haystack.length) / 10 : 0;

const sizeOf = (value: JsonValue | undefined): number =>
  typeof value === "string" || Array.isArray(value) ? value.length : 1;

/** What an operator makes is counted before it is made: a thousand long texts fit into no memory. */
const within = (parts: readonly JsonValue[], run: Run, what: string, make: () => JsonValue): Value => {
  const size = parts.reduce<number>((total, part) => total + sizeOf(part), 0);
  if (size > run.limits.maxSize) return unknownBecause(`${what} too long`);
  return spend(run, size) ? make() : outOfSteps(run);
};

const concatenation: Operator = strict([1, ANY], () => (values, run) => {
  if (!values.every(isPlain)) return unknownBecause("cat: operand is not a plain value");
  return within(values, run, "cat: text", () => values.join(""));
});

const isWhole = (value: JsonValue | undefined): value is number => Number.isInteger(value);

/** As PHP's substr, which JSON-logic follows: a negative start counts from the end, a negative length leaves that many out. */
const substring: Operator = strict([2, 3], () => ([source, start, length], run) => {
  if (!isPlain(source) || !isWhole(start) || (length !== undefined && !isWhole(length))) {
    return unknownBecause("substr: operand of the wrong type");
  }
  if (!spend(run, sizeOf(source))) return outOfSteps(run);
  return String(source).slice(start).slice(0, length);
});

const merging: Operator = strict(
  [0, ANY],
  () => (values, run) => within(values, run, "merge: list", () => values.flat(1)),
);

/** Writes nothing anywhere: what was logged stands in the trace, as every operand does. */
const log: Operator = strict(
  [1, ANY],
  () =>
    ([first = null]) =>
      first,
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
