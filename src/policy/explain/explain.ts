import type { JsonValue } from "../../kernel/json.ts";
import { walkPlan } from "../logic/walk.ts";
import type { RulePlan } from "../plan-rule.ts";
import type { Comparison } from "../verdict.ts";
import { type Blocker, blockersOf } from "./blockers.ts";
import { type ProofLeft, proofLeft } from "./minutes-needed.ts";

/** How far a value is from its threshold. */
export interface Distance extends Comparison {
  /** What is left until it no longer holds, or, below 0, what is missing until it does; null where they are no numbers. */
  readonly margin: number | null;
  /** Of a proof that is not reached yet. */
  readonly proof?: ProofLeft;
}

/** What stands behind a verdict, and how far it is from another one. */
export interface Explanation {
  readonly blockers: readonly Blocker[];
  readonly distances: readonly Distance[];
}

/** Explains a rule over the data that it was judged by: the current values and the facts that its operations came to. */
export const explainPlan = (
  plan: RulePlan,
  data: JsonValue,
  whyAbsent: (path: string) => string = () => "no value",
): Explanation => {
  const nameOf = (path: string): string => plan.names.get(path) ?? (path === "" ? "the element" : path);
  const { comparisons } = walkPlan(plan.judge, data, whyAbsent);
  return {
    blockers: blockersOf(plan.residual, { data, nameOf, whyAbsent }),
    distances: comparisons.map((comparison) => distanceOf(plan, data, comparison)),
  };
};

const distanceOf = (plan: RulePlan, data: JsonValue, comparison: Comparison): Distance => {
  const { what, value, operator, threshold, holds } = comparison;
  const margin = marginOf(comparison);
  if (typeof value !== "number" || typeof threshold !== "number") return { ...comparison, margin };
  const fact = plan.facts.find(({ path }) => plan.names.get(path) === what);
  const growing = operator === ">=" || operator === ">";
  const proof = fact === undefined || holds !== false || !growing ? null : proofLeft(fact, data, value, threshold);
  return { ...comparison, margin, ...(proof === null ? {} : { proof }) };
};

const marginOf = ({ value, operator, threshold }: Comparison): number | null => {
  if (typeof value !== "number" || typeof threshold !== "number") return null;
  if (operator.startsWith("<")) return threshold - value;
  if (operator.startsWith(">")) return value - threshold;
  return operator.startsWith("!") ? null : -Math.abs(value - threshold);
};
