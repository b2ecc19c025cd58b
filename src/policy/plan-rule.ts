import type { JsonValue } from "../kernel/json.ts";
import { compileLogic } from "./logic/compile.ts";
import type { Part } from "./logic/scope.ts";
import { type Lowered, lowerRule } from "./lower.ts";
import type { Operations } from "./operations/operation.ts";
import { shapeProblems } from "./shape.ts";
import { type StockPlan, stockPlan } from "./stock.ts";

/** A rule made ready to be evaluated any number of times. */
export interface RulePlan extends Lowered {
  readonly judge: Part;
  readonly stock: StockPlan;
  /** What the rule's operations are called towards people, by path. */
  readonly names: ReadonlyMap<string, string>;
  /** What any path is called towards people. */
  readonly nameOf: (path: string) => string;
}

/** Lowers and compiles a rule whose shape has been checked. */
export const compileRule = (rule: JsonValue, operations: Operations, group = "facts"): RulePlan => {
  const lowered = lowerRule(rule, operations, group);
  const names = new Map(lowered.facts.map(({ operation, args, path }) => [path, operation.describe(args)]));
  const nameOf = (path: string): string => names.get(path) ?? (path === "" ? "the element" : path);
  return {
    ...lowered,
    names,
    nameOf,
    judge: compileLogic(lowered.residual, nameOf),
    stock: stockPlan(lowered.residual),
  };
};

/** A plan, or why there can be none. */
export type PlannedRule = RulePlan | { readonly problem: string };

const plans = new WeakMap<Operations, WeakMap<object, PlannedRule>>();

/**
 * The plan of a policy's rule, after its shape has been checked. A rule is planned once and kept as long as the rule
 * itself: nobody changes a rule.
 */
export const planRule = (rule: JsonValue, operations: Operations): PlannedRule => {
  if (typeof rule !== "object" || rule === null) return checkedPlan(rule, operations);
  const known = plans.get(operations) ?? new WeakMap<object, PlannedRule>();
  plans.set(operations, known);
  const planned = known.get(rule) ?? checkedPlan(rule, operations);
  known.set(rule, planned);
  return planned;
};

const checkedPlan = (rule: JsonValue, operations: Operations): PlannedRule => {
  const [problem] = shapeProblems(rule, operations);
  if (problem === undefined) return compileRule(rule, operations);
  return { problem: `malformed at ${problem.at === "" ? "its top" : problem.at}: ${problem.message}` };
};
