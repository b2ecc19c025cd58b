import type { JsonObject, JsonValue } from "../kernel/json.ts";
import { oncePerObject } from "../kernel/memo.ts";
import type { Evaluation } from "./evaluation.ts";
import { ownAt } from "./logic/data-access.ts";
import type { RulePlan } from "./plan-rule.ts";

/** These look values up by names that are their arguments. */
const LOOKS_UP = new Set(["missing", "missing_some"]);

/**
 * Every path that a lowered rule can read; null where that cannot be said of it beforehand. What an iterator reads of its
 * elements is among them: one value more to be the same.
 */
const readsOf = oncePerObject(({ residual }: RulePlan): readonly string[] | null => {
  const paths = new Set<string>();
  return collect(residual, paths) ? [...paths] : null;
});

const collect = (part: JsonValue, paths: Set<string>): boolean => {
  if (typeof part !== "object" || part === null) return true;
  // Of a list these are its places, and no operator is called by a number.
  return Object.entries(part).every(([operator, written]) => {
    if (LOOKS_UP.has(operator)) return false;
    if (operator !== "var") return collect(written, paths);
    const path: JsonValue | undefined = Array.isArray(written) && written.length === 1 ? written[0] : written;
    if (typeof path !== "string" || path === "") return false;
    paths.add(path);
    return true;
  });
};

type Scalar = number | string | boolean;

interface Remembered {
  readonly read: readonly Scalar[];
  readonly evaluation: Evaluation;
}

const remembered = new WeakMap<RulePlan, Remembered>();

const isScalar = (value: unknown): value is Scalar =>
  typeof value === "number" || typeof value === "string" || typeof value === "boolean";

/** What a rule reads of these data; null where something is missing, and its reason may be another one every time. */
const valuesRead = (paths: readonly string[], data: JsonObject): readonly Scalar[] | null => {
  const values: Scalar[] = [];
  for (const path of paths) {
    const value = ownAt(data, path);
    if (!isScalar(value)) return null;
    values.push(value);
  }
  return values;
};

const readsTheSame = (paths: readonly string[], data: JsonObject, before: Remembered): boolean => {
  for (let index = 0; index < paths.length; index += 1)
    if (!Object.is(ownAt(data, paths[index] as string), before.read[index])) return false;
  return true;
};

/**
 * The evaluation of a rule, or the last one where the rule reads the very same values again: most of what a policy looks
 * at stands still from tick to tick. An evaluation follows from the values that its rule reads and from nothing else.
 */
export const evaluatedOnce = (plan: RulePlan, data: JsonObject, evaluate: () => Evaluation): Evaluation => {
  const paths = readsOf(plan);
  if (paths === null) return evaluate();
  const before = remembered.get(plan);
  if (before !== undefined && readsTheSame(paths, data, before)) return { ...before.evaluation, data };
  const evaluation = evaluate();
  const read = valuesRead(paths, data);
  if (read !== null) remembered.set(plan, { read, evaluation });
  return evaluation;
};
