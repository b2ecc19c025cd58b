import { MINUTE_MS, parseDuration } from "../../kernel/units.ts";
import { ownAt } from "../logic/data-access.ts";
import type { Fact } from "../lower.ts";
import { type EvidenceTest, logMeanExp } from "../operations/evidence/evidence-test.ts";
import { evidenceUse, isAccumulated } from "../operations/evidence/uses.ts";

/** Whoever has to wait longer than this has to change the policy, or the weight. */
const LONGEST_WAIT_MINUTES = 1_000_000;

/** How long a proof takes from here. */
export interface ProofLeft {
  /** null where it cannot be reached: without traffic, or because the window ends before. */
  readonly minutes: number | null;
  readonly requestsPerMinute: number;
}

/**
 * The minutes that are still needed until an e-value of `evidence` reaches `threshold`, if as many requests as now come
 * every minute and none of them fails; null where it cannot be reached. Exact where the evidence stands at 1 and blue's
 * errors do not clump. Else it is the soonest: it takes the alternatives to stand alike, which after errors they do not, and
 * each minute to count in full, which it does not where a burst factor tempers it. Then it takes several times as long.
 */
export const minutesNeeded = (
  test: EvidenceTest,
  requestsPerMinute: number,
  { evidence, threshold }: { readonly evidence: number; readonly threshold: number },
): number | null => {
  if (evidence >= threshold) return 0;
  const weights = test.weigh([0, requestsPerMinute]);
  if (weights === null || !(evidence > 0)) return null;
  const reached = (minutes: number): boolean =>
    Math.log(evidence) + logMeanExp(weights.map((weight) => weight * minutes)) >= Math.log(threshold);
  if (!reached(LONGEST_WAIT_MINUTES)) return null;
  let [low, high] = [0, LONGEST_WAIT_MINUTES];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
};

/** How long the proof behind a fact takes until it reaches a threshold; null where the fact is no proof. */
export const proofLeft = (fact: Fact, data: unknown, evidence: number, threshold: number): ProofLeft | null => {
  const use = fact.name === "evidence_below" ? evidenceUse(fact.name, fact.args) : null;
  if (use === null) return null;
  const now = ownAt(data, use.paths[1] ?? "");
  const requestsPerMinute = typeof now === "number" && now > 0 ? now : 0;
  const minutes = minutesNeeded(use.test, requestsPerMinute, { evidence, threshold });
  return {
    minutes: minutes !== null && fits(minutes, use, { requestsPerMinute, threshold }) ? minutes : null,
    requestsPerMinute,
  };
};

/** A window forgets: what it cannot prove in its whole length it never will. */
const fits = (
  minutes: number,
  { lookBack, test }: { readonly lookBack: string; readonly test: EvidenceTest },
  { requestsPerMinute, threshold }: { readonly requestsPerMinute: number; readonly threshold: number },
): boolean => {
  if (isAccumulated(lookBack) || minutes === 0) return true;
  const fromNothing = minutesNeeded(test, requestsPerMinute, { evidence: 1, threshold });
  return fromNothing !== null && fromNothing <= parseDuration(lookBack) / MINUTE_MS;
};
