import type { JsonObject, JsonValue } from "../kernel/json.ts";
import type { Evidence } from "../snapshot/snapshot.ts";
import { unknownBecause } from "./logic/judged.ts";
import type { WalkLimits } from "./logic/scope.ts";
import { STANDARD_LIMITS, walkRule } from "./logic/walk.ts";
import { type Lowered, lowerRule } from "./lower.ts";
import type { OperationContext, Operations } from "./operations/operation.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import type { Rule } from "./policy-file.ts";
import { shapeProblems } from "./shape.ts";
import { askStock, type StockAnswer, secondKey } from "./stock.ts";
import type { Comparison, Judged, TraceEntry } from "./verdict.ts";

/** How strict an evaluation is with its evidence, and how much it may cost. */
export interface EvaluationLimits extends Pick<OperationContext, "minCoverage" | "newestMinute"> {
  readonly walk?: WalkLimits;
}

/** Everything about one evaluation that a decision record keeps, so that anyone can do it again. */
export interface Evaluation<Data extends JsonValue = JsonObject> {
  /** After the second key: `known` only where both keys agree. */
  readonly result: Judged;
  /** What our walker and json-logic-js said where they differ; null where they agree. */
  readonly disagreement: string | null;
  /** What json-logic-js said; null where it was not asked. */
  readonly stock: StockAnswer | null;
  /** The rule with its operations computed: plain JSON-logic over `data`. */
  readonly residual: JsonValue;
  readonly data: Data;
  readonly trace: readonly TraceEntry[];
  readonly comparisons: readonly Comparison[];
}

const broken = (reason: string): Evaluation => ({
  result: unknownBecause(reason),
  disagreement: null,
  stock: null,
  residual: null,
  data: {},
  trace: [],
  comparisons: [],
});

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
    return evaluate(rule, evidence, limits, operations);
  } catch (error) {
    // The one place that turns a bug into a verdict: stopping the tick would also stop the rollback rules.
    return broken(`the judge failed: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const evaluate = (rule: Rule, evidence: Evidence, limits: EvaluationLimits, operations: Operations): Evaluation => {
  const [problem] = shapeProblems(rule, operations);
  if (problem !== undefined)
    return broken(`malformed at ${problem.at === "" ? "its top" : problem.at}: ${problem.message}`);
  const context = { evidence, minCoverage: limits.minCoverage, newestMinute: limits.newestMinute };
  return evaluateLowered(lowerRule(rule, operations, context), evidence, limits);
};

/** Both keys over a rule whose operations have been computed. What is unknown to us the second key cannot change. */
export const evaluateLowered = <Data extends JsonValue>(
  { residual, data, absent, names }: Lowered<Data>,
  evidence: Evidence,
  limits: EvaluationLimits,
  asked: "where-known" | "always" = "where-known",
): Evaluation<Data> => {
  const whyAbsent = (path: string): string =>
    ownText(absent, path) ?? ownText(evidence.current.absent, path) ?? "no value";
  const nameOf = (path: string): string => ownText(names, path) ?? (path === "" ? "the element" : path);
  const walked = walkRule(residual, data, limits.walk ?? STANDARD_LIMITS, { whyAbsent, nameOf });
  const stock = walked.result.kind === "known" || asked === "always" ? askStock(residual, data) : null;
  return { ...walked, ...secondKey(walked.result, stock), residual, data, stock };
};

const ownText = (texts: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(texts, key) ? texts[key] : undefined;
