import { refusalOf } from "./elb-refusals.ts";
import type { WriteOutcome } from "./rules-port.ts";

/** Whether a write that ended like this may be sent again, where its limits allow more than one attempt. */
export const worthRepeating = (outcome: WriteOutcome): boolean =>
  outcome.kind === "unknown" || (outcome.kind === "refused" && refusalOf(outcome.code, outcome.message).retryable);

/**
 * What the attempts of one write come to, oldest first. One whose end is unknown makes the whole unknown, whatever a
 * later one was refused for, because it may still arrive; unless a later one was carried out, or the rule is gone and
 * nothing can arrive any more.
 */
export const concludeAttempts = (outcomes: readonly WriteOutcome[]): WriteOutcome => {
  const last: WriteOutcome = outcomes.at(-1) ?? { kind: "unknown", message: "no attempt was allowed" };
  // Stryker disable next-line ConditionalExpression: of the three ends only a refusal has a code
  const final = last.kind === "applied" || (last.kind === "refused" && last.code === "RuleNotFound");
  return final ? last : (outcomes.findLast(({ kind }) => kind === "unknown") ?? last);
};
