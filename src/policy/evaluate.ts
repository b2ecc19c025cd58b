import type { JsonObject } from "../kernel/json.ts";
import type { Evidence } from "../snapshot/snapshot.ts";
import { type Evaluation, unevaluated } from "./evaluation.ts";
import type { WalkLimits } from "./logic/scope.ts";
import { STANDARD_LIMITS, walkPlan } from "./logic/walk.ts";
import { resolveFacts } from "./lower.ts";
import type { OperationContext, Operations } from "./operations/operation.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import { readableValues } from "./operations/values.ts";
import { planRule, type RulePlan } from "./plan-rule.ts";
import type { Rule } from "./policy-file.ts";
import { evaluatedOnce } from "./reuse.ts";
import { askStock, secondKey } from "./stock.ts";

/** How strict an evaluation is with its evidence, and how much it may cost. */
export interface EvaluationLimits extends Pick<OperationContext, "minCoverage" | "newestMinute"> {
  readonly walk?: WalkLimits;
}

/**
 * Evaluates a rule over evidence: resolve its operations, lower it to plain JSON-logic, judge it in three values, and
 * have stock json-logic-js agree. Parameters have been substituted.
 *
 * Pure. Never throws: a rule or evidence it cannot cope with is unknown, and unknown does not promote.
 */
export const evaluateRule = (
  rule: Rule,
  evidence: Evidence,
  limits: EvaluationLimits,
  operations: Operations = STANDARD_OPERATIONS,
): Evaluation => {
  try {
    const plan = planRule(rule, operations);
    return "problem" in plan ? unevaluated(plan.problem) : evaluatePlan(plan, evidence, limits);
  } catch (error) {
    // The one place that turns a bug into a verdict: stopping the tick would also stop the rollback rules.
    return unevaluated(`the judge failed: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const evaluatePlan = (plan: RulePlan, evidence: Evidence, limits: EvaluationLimits): Evaluation => {
  const context = { evidence, minCoverage: limits.minCoverage, newestMinute: limits.newestMinute };
  const { known, absent } = resolveFacts(plan.facts, context);
  const data = { ...readableValues(evidence.current), [plan.group]: known };
  const evaluate = (): Evaluation => judgePlan(plan, data, whyAbsentIn(absent, evidence), limits.walk);
  return limits.walk === undefined ? evaluatedOnce(plan, data, evaluate) : evaluate();
};

const judgePlan = (
  plan: RulePlan,
  data: JsonObject,
  whyAbsent: (path: string) => string,
  limits: WalkLimits = STANDARD_LIMITS,
): Evaluation => {
  const walked = walkPlan(plan.judge, data, whyAbsent, limits);
  // What is unknown to us the second key cannot change.
  const stock = walked.result.kind === "known" ? askStock(plan.stock, data) : null;
  const { result, disagreement } = secondKey(walked.result, stock);
  const { trace, comparisons } = walked;
  return { result, disagreement, stock, residual: plan.residual, data, trace, comparisons };
};

/** Why a path has no value: an operation, by its own reason; a signal, by what the evidence says of it. */
export const whyAbsentIn =
  (facts: Readonly<Record<string, string>>, { current }: Evidence) =>
  (path: string): string =>
    ownText(facts, path) ?? ownText(current.absent, path) ?? "no value";

const ownText = (texts: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(texts, key) ? texts[key] : undefined;
