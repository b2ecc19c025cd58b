import type { Comparison, Judged, TraceEntry } from "../verdict.ts";
import { compileLogic } from "./compile.ts";
import { judgedOf } from "./judged.ts";
import type { Part, Run, WalkLimits } from "./scope.ts";

export const STANDARD_LIMITS: WalkLimits = { maxSteps: 20_000, maxSize: 10_000 };

export interface Walked {
  readonly result: Judged;
  readonly trace: readonly TraceEntry[];
  readonly comparisons: readonly Comparison[];
}

/** Evaluates a compiled rule and keeps every expression's operands and result. */
export const walkPlan = (
  plan: Part,
  data: unknown,
  whyAbsent: Run["whyAbsent"],
  limits = STANDARD_LIMITS,
  mixed?: unknown,
): Walked => {
  const trace: TraceEntry[] = [];
  const comparisons: Comparison[] = [];
  const run: Run = { limits, steps: limits.maxSteps, trace, comparisons, whyAbsent, mixed };
  return { result: judgedOf(plan(run, data)), trace, comparisons };
};

/**
 * Evaluates plain JSON-logic in three values. A definite answer is the one stock json-logic-js gives, and would stay
 * the same however the gaps in the data were filled; everything else is unknown, with every reason.
 *
 * Never throws on any rule or JSON data, and ends within its limits.
 */
export const walkRule = (rule: unknown, data: unknown): Walked => walkPlan(compileLogic(rule), data, () => "no value");
