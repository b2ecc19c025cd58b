import { MINUTE_MS, parseDuration } from "../../kernel/units.ts";
import { ownAt } from "../logic/data-access.ts";
import type { Fact } from "../lower.ts";
import { type EvidenceTest, eValue } from "../operations/evidence/evidence-test.ts";
import { type EvidenceUse, evidenceUse } from "../operations/evidence/uses.ts";
import type { Standing } from "./standing.ts";

/** Whoever has to wait longer than this has to change the policy, or the weight. */
const LONGEST_WAIT_MINUTES = 1_000_000;

/** How long a proof takes from here, if as many requests as now come every minute and none of them fails. */
export interface ProofLeft {
  /** null where it cannot be reached: without traffic, or because the window ends before. */
  readonly minutes: number | null;
  readonly requestsPerMinute: number;
  /** "latest" where what the minutes of a window hold is not known any more: it may be sooner. */
  readonly bound: "exact" | "latest";
}

/** What a minute of such traffic adds to each logarithm; null where it says nothing. */
const cleanMinute = (test: EvidenceTest, requestsPerMinute: number, burst: number): readonly number[] | null =>
  test.weigh([0, requestsPerMinute])?.map((weight) => weight / burst) ?? null;

/**
 * The minutes that are still needed until a sum proves `threshold`, burst factor and all errors so far counted in; null
 * where it never does.
 */
export const minutesNeeded = (
  test: EvidenceTest,
  requestsPerMinute: number,
  { logs, burst, threshold }: { readonly logs: readonly number[]; readonly burst: number; readonly threshold: number },
): number | null => {
  if (eValue(logs) >= threshold) return 0;
  const clean = cleanMinute(test, requestsPerMinute, burst);
  if (clean === null) return null;
  const reached = (minutes: number): boolean =>
    eValue(logs.map((log, index) => log + (clean[index] ?? 0) * minutes)) >= threshold;
  if (!reached(LONGEST_WAIT_MINUTES)) return null;
  let [low, high] = [0, LONGEST_WAIT_MINUTES];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
};

/** The same of a window, whose oldest minute leaves, with its errors, for each that comes. What each added, oldest first. */
export const minutesNeededIn = (
  minutes: readonly (readonly number[])[],
  { clean, threshold }: { readonly clean: readonly number[]; readonly threshold: number },
): number | null => {
  let logs = clean.map((_, index) => minutes.reduce((sum, minute) => sum + (minute[index] ?? 0), 0));
  if (eValue(logs) >= threshold) return 0;
  for (const [passed, leaving] of minutes.entries()) {
    logs = logs.map((log, index) => log - (leaving[index] ?? 0) + (clean[index] ?? 0));
    if (eValue(logs) >= threshold) return passed + 1;
  }
  return null;
};

/** How long the proof behind a fact takes until it reaches a threshold; null where the fact is no proof. */
export const proofLeft = (
  fact: Fact,
  data: unknown,
  standingOf: (use: EvidenceUse) => Standing | null,
  threshold: number,
): ProofLeft | null => {
  const use = fact.name === "evidence_below" ? evidenceUse(fact.name, fact.args) : null;
  if (use === null) return null;
  const standing = standingOf(use);
  if (standing === null) return null;
  const now = ownAt(data, String(use.paths[1]));
  const requestsPerMinute = typeof now === "number" ? Math.max(0, now) : 0;
  return { ...left(use, standing, { requestsPerMinute, threshold }), requestsPerMinute };
};

const left = (
  { test, lookBack }: EvidenceUse,
  standing: Standing,
  { requestsPerMinute, threshold }: { readonly requestsPerMinute: number; readonly threshold: number },
): Omit<ProofLeft, "requestsPerMinute"> => {
  const { burst } = standing;
  if (standing.kind === "sum")
    return {
      minutes: minutesNeeded(test, requestsPerMinute, { logs: standing.logs, burst, threshold }),
      bound: "exact",
    };
  const clean = cleanMinute(test, requestsPerMinute, burst);
  if (clean === null) return { minutes: null, bound: "exact" };
  if (standing.minutes !== null)
    return { minutes: minutesNeededIn(standing.minutes, { clean, threshold }), bound: "exact" };
  // A whole window of such minutes holds none of those that nobody knows any more.
  const length = Math.floor(parseDuration(lookBack) / MINUTE_MS);
  const proves = eValue(clean.map((log) => log * length)) >= threshold;
  return { minutes: proves ? length : null, bound: "latest" };
};
