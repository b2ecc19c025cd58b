import { bulkOf } from "./logic/bulk.ts";

interface Stock {
  apply: (logic: unknown, data: unknown) => unknown;
}

/** Expressions that stock may evaluate, and what it reads or makes on the way, in parts of `PARTS_A_STEP`. */
const MOST_STEPS = 200_000;
const PARTS_A_STEP = 20;
/** Characters of a literal: it is there already, but inside a loop it is read again and again. */
const WRITTEN_A_STEP = 100;
/** Characters that a search in a text may compare for one: at worst all that is looked for, at every place of it. */
const COMPARED_A_STEP = 1_000;

class OutOfBounds extends Error {}

/**
 * `jsonLogic.apply`, stopped where it would cost too much or run data. It calls itself through its own property, so
 * that what stands there for the length of this call sees every expression:
 *
 * - each costs a step, and what comes out of it by its size (112 bytes of `reduce` and `cat` make a gigabyte);
 * - `in` searches one text for another, for a minute if they are long enough: it costs the product of their lengths;
 * - `missing` looks each key up by evaluating it: what is no part of the rule is refused;
 * - `log` would write to standard output: its operand is its value.
 *
 * @throws whatever json-logic-js throws.
 */
export const boundedApply = (
  stock: Stock,
  { rule, parts }: { readonly rule: unknown; readonly parts: ReadonlySet<object> },
  data: unknown,
): { readonly value: unknown } | { readonly skipped: string } => {
  const apply = stock.apply;
  let steps = MOST_STEPS;
  const spend = (cost: number): void => {
    steps -= cost;
    if (steps < 0) throw new OutOfBounds("it would take too long or grow too large");
  };
  const paid = (value: unknown, partsAStep: number): unknown => {
    if (typeof value === "string") spend(value.length / partsAStep);
    else if (typeof value === "object") spend(bulkOf(value) / partsAStep);
    return value;
  };
  /** What the operands of an `in` have come to as texts, in characters; null below anything else. */
  let searched: number[] | null = null;
  const bounded = (logic: unknown, scope: unknown): unknown => {
    spend(1);
    const above = searched;
    searched = isOnly("in", logic) ? [] : null;
    const value = evaluated(logic, scope);
    searched = above;
    if (typeof value === "string" && searched !== null) {
      const [needle = 0, haystack = 0] = [...searched, value.length];
      searched.push(value.length);
      spend((needle * haystack) / COMPARED_A_STEP);
    }
    return value;
  };
  const evaluated = (logic: unknown, scope: unknown): unknown => {
    if (typeof logic !== "object" || logic === null) return paid(logic, WRITTEN_A_STEP);
    if (!parts.has(logic) && !looksUpAKey(logic)) throw new OutOfBounds("it would evaluate data as logic");
    if (isOnly("log", logic)) return bounded(Array.isArray(logic.log) ? logic.log[0] : logic.log, scope);
    return paid(apply(logic, scope), PARTS_A_STEP);
  };
  stock.apply = bounded;
  try {
    return { value: bounded(rule, data) };
  } catch (error) {
    if (error instanceof OutOfBounds) return { skipped: error.message };
    throw error;
  } finally {
    stock.apply = apply;
  }
};

/** Every list and object of a rule; its depth has been bounded. */
export const partsOf = (rule: unknown, found: Set<object> = new Set()): Set<object> => {
  if (typeof rule !== "object" || rule === null || found.has(rule)) return found;
  found.add(rule);
  for (const part of Object.values(rule)) partsOf(part, found);
  return found;
};

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null;

/** `missing` asks for `{var: key}` and `missing_some` for `{missing: keys}`; a plain key runs nothing. */
const looksUpAKey = (logic: object): boolean => {
  const [entry, ...others] = Object.entries(logic);
  if (entry === undefined || others.length > 0) return false;
  const [operator, written] = entry;
  if (operator === "var") return isPlain(written);
  return operator === "missing" && (Array.isArray(written) ? written.every(isPlain) : isPlain(written));
};

const isOnly = <Name extends string>(operator: Name, logic: unknown): logic is Readonly<Record<Name, unknown>> =>
  typeof logic === "object" && logic !== null && Object.hasOwn(logic, operator) && Object.keys(logic).length === 1;
