import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import { belowLimit, eValue } from "../../operations/evidence/evidence-test.ts";
import { isAccumulated } from "../../operations/evidence/uses.ts";
import type { GateName, Policy, PolicyStep } from "../../policy-file.ts";
import { type Finding, finding } from "../problem.ts";
import type { RuleTree } from "./rule-tree.ts";
import { requestsAt } from "./steady-points.ts";
import { type Threshold, thresholdOf } from "./threshold.ts";
import { partsOf } from "./together.ts";

/** What it takes at the expected traffic until a gate that asks for a proof can pass. */
export interface ProofForecast {
  readonly step: string;
  readonly weight: number;
  readonly gate: GateName;
  /** Without a single error. */
  readonly requests: number;
  /** Of them, at this step's weight. */
  readonly requestsPerMinute: number;
  /** Infinite where no request comes. */
  readonly minutes: number;
  /** The time there is for it: the look-back's, or that of the step. */
  readonly within: string;
  /** JSON pointer to where the step asks the gate. */
  readonly at: string;
}

/** A step that nobody ends may take this long before somebody ought to have been warned. */
const LONGEST_PROOF = "24h";

/** For every step and every gate of it that asks for a proof. */
export const proofForecasts = (policy: Policy, gates: ReadonlyMap<GateName, RuleTree>): readonly ProofForecast[] =>
  policy.steps.flatMap((step, index) => {
    const given = requestsAt(policy.traffic.requestsPerMinute, step.weight);
    return step.promoteWhen.flatMap((gate, place) =>
      partsOf(gates.get(gate)).flatMap((part) => {
        // What an `or` or a negation stands above does not have to be proven.
        const asked = part.kind === "condition" ? proofOf(thresholdOf(part.rule)) : null;
        if (asked === null) return [];
        const { requests, of, lookBack } = asked;
        const requestsPerMinute = given.get(of) ?? 0;
        const minutes = Math.ceil(requests / requestsPerMinute);
        const within = shorter(timeOf(step), lookBack);
        const at = `/steps/${index}/promoteWhen/${place}`;
        return [{ step: step.id, weight: step.weight, gate, requests, requestsPerMinute, minutes, within, at }];
      }),
    );
  });

const timeOf = ({ maxDwell }: PolicyStep): string => maxDwell ?? LONGEST_PROOF;

const shorter = (time: string, lookBack: string): string =>
  isAccumulated(lookBack) || parseDuration(time) < parseDuration(lookBack) ? time : lookBack;

interface Proof {
  readonly requests: number;
  /** The signal that counts them. */
  readonly of: string;
  readonly lookBack: string;
}

/** null where a comparison asks for no proof. */
const proofOf = (threshold: Threshold | null): Proof | null => {
  if (threshold === null) return null;
  const { measured, operator, limit } = threshold;
  const [, of, share, lookBack] = measured.operands;
  if (measured.operator === "evidence_below" && operator.startsWith(">"))
    return {
      requests: requestsToProve(Number(share), limit, operator === ">"),
      of: String(of),
      lookBack: String(lookBack),
    };
  if (measured.operator !== "rate_upper" || !operator.startsWith("<")) return null;
  // Without an error the bound is 1 − (1 − confidence)^(1/n).
  const requests = Math.ceil(Math.log1p(-Number(lookBack)) / Math.log1p(-limit));
  return { requests, of: String(of), lookBack: String(share) };
};

/** The fewest requests that, without a single error, prove a rate below `limit` to an e-value of `proof`. */
export const requestsToProve = (limit: number, proof: number, strictly = false): number => {
  const test = belowLimit(limit);
  const isProof = (requests: number): boolean => {
    const value = eValue(test.weigh([0, requests]) ?? [0]);
    return strictly ? value > proof : value >= proof;
  };
  if (isProof(0)) return 0;
  let enough = 1;
  while (!isProof(enough) && enough < Number.MAX_SAFE_INTEGER / 2) enough *= 2;
  let few = enough / 2;
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isProof(middle)) enough = middle;
    else few = middle;
  }
  return enough;
};

/** Proofs that take longer than there is time for them. */
export const proofFindings = (forecasts: readonly ProofForecast[]): readonly Finding[] =>
  forecasts.flatMap(({ step, gate, requests, requestsPerMinute, minutes, within, at }) => {
    if (minutes * MINUTE_MS <= parseDuration(within)) return [];
    const needs = `"${gate}" needs ${requests} requests without an error, at ${round(requestsPerMinute)} a minute ${sayMinutes(minutes)}`;
    const remedy = "raise the weight, the limit or the time";
    return [finding("proof-takes-too-long", at, `${needs}, and step "${step}" has ${within} for it; ${remedy}`)];
  });

/** `step canary, 5 %: errors-proven needs 358 requests without an error, at 720 a minute 1 minute (of 6h)`. */
export const sayProof = ({ step, weight, gate, requests, requestsPerMinute, minutes, within }: ProofForecast): string =>
  `step ${step}, ${weight} %: ${gate} needs ${requests} requests without an error, ` +
  `at ${round(requestsPerMinute)} a minute ${sayMinutes(minutes)} (of ${within})`;

const round = (value: number): number => Number(value.toPrecision(4));

const sayMinutes = (minutes: number): string => {
  if (!Number.isFinite(minutes)) return "for ever";
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
};
