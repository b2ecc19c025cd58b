import type { JsonValue } from "../../src/kernel/json.ts";
import { compileLogic } from "../../src/policy/logic/compile.ts";
import { walkPlan, walkRule } from "../../src/policy/logic/walk.ts";

/** What a rule comes to, or why that is not known. */
export const comesTo = (rule: unknown, data: unknown = {}): JsonValue => {
  const { result } = walkRule(rule, data);
  return result.kind === "known" ? result.value : result.reasons;
};

/** The same with few steps, or where little may be made. */
export const comesToWithin = (
  limits: { readonly maxSteps?: number; readonly maxSize?: number },
  rule: JsonValue,
  data: JsonValue = {},
): JsonValue => {
  const within = { maxSteps: 20_000, maxSize: 10_000, ...limits };
  const { result } = walkPlan(compileLogic(rule), data, () => "no value", within);
  return result.kind === "known" ? result.value : result.reasons;
};

/** The fewest steps that a rule is answered with. */
export const stepsFor = (rule: JsonValue, data: JsonValue = {}): number => {
  for (let maxSteps = 0; maxSteps <= 1_000; maxSteps += 1) {
    const came = JSON.stringify(comesToWithin({ maxSteps }, rule, data));
    if (came !== `["more than ${maxSteps} steps"]`) return maxSteps;
  }
  return Number.POSITIVE_INFINITY;
};
