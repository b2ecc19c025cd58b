import type { JsonValue } from "../../kernel/json.ts";
import { walkPlan } from "../logic/walk.ts";
import type { EvidenceUse } from "../operations/evidence/uses.ts";
import type { RulePlan } from "../plan-rule.ts";
import type { Comparison } from "../verdict.ts";
import { type Blocker, blockersOf } from "./blockers.ts";
import { type ProofLeft, proofLeft } from "./minutes-needed.ts";
import type { Standing } from "./standing.ts";

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

/** What a rule was judged by. */
export interface JudgedBy {
  /** The current values, and the facts that its operations came to. */
  readonly data: JsonValue;
  readonly whyAbsent: (path: string) => string;
  /** Where each of its proofs stands; null where nobody knows. */
  readonly standingOf: (use: EvidenceUse) => Standing | null;
}

/** Explains a rule over what it was judged by. */
export const explainPlan = (plan: RulePlan, { data, whyAbsent, standingOf }: JudgedBy): Explanation => {
  const operationOf = (path: unknown): string | undefined => plan.facts.find((fact) => fact.path === path)?.name;
  const { comparisons } = walkPlan(plan.judge, data, whyAbsent);
  return {
    blockers: blockersOf(plan.residual, { data, nameOf: plan.nameOf, whyAbsent, operationOf }),
    distances: comparisons.map((comparison) => distanceOf(plan, { data, standingOf }, comparison)),
  };
};

const distanceOf = (
  plan: RulePlan,
  { data, standingOf }: Pick<JudgedBy, "data" | "standingOf">,
  comparison: Comparison,
): Distance => {
  const { what, operator, threshold, holds } = comparison;
  const fact = plan.facts.find(({ path }) => plan.names.get(path) === what);
  const growing = operator === ">=" || operator === ">";
  const asks = fact !== undefined && holds === false && growing;
  // Where it is known which of two is the greater, both are numbers.
  const proof = asks ? proofLeft(fact, data, standingOf, Number(threshold)) : null;
  return { ...comparison, margin: marginOf(comparison), ...(proof === null ? {} : { proof }) };
};

const marginOf = ({ value, operator, threshold }: Comparison): number | null => {
  if (typeof value !== "number" || typeof threshold !== "number") return null;
  if (operator.startsWith("<")) return threshold - value;
  if (operator.startsWith(">")) return value - threshold;
  return operator.startsWith("!") ? null : -Math.abs(value - threshold);
};
