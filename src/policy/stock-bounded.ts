import { bulkOf } from "./logic/bulk.ts";

interface Stock {
  apply: (logic: unknown, data: unknown) => unknown;
}

/** Expressions that stock may evaluate, and what it reads or makes on the way, in parts of `PARTS_A_STEP`. */
const MOST_STEPS = 200_000;
const PARTS_A_STEP = 20;

class OutOfBounds extends Error {}

/**
 * `jsonLogic.apply`, stopped where it would cost too much or run data. It calls itself through its own property, so
 * that what stands there for the length of this call sees every expression:
 *
 * - each costs a step, and what comes out of it by its size (112 bytes of `reduce` and `cat` make a gigabyte);
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
  const bounded = (logic: unknown, scope: unknown): unknown => {
    spend(1);
    if (typeof logic !== "object" || logic === null) return logic;
    if (!parts.has(logic) && !looksUpAKey(logic)) throw new OutOfBounds("it would evaluate data as logic");
    if (isLog(logic)) return bounded(Array.isArray(logic.log) ? logic.log[0] : logic.log, scope);
    const value = apply(logic, scope);
    if (typeof value === "string") spend(value.length / PARTS_A_STEP);
    else if (typeof value === "object") spend(bulkOf(value) / PARTS_A_STEP);
    return value;
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

const isLog = (logic: object): logic is { readonly log: unknown } =>
  Object.hasOwn(logic, "log") && Object.keys(logic).length === 1;
