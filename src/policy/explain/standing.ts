import { type EpochMs, MINUTE_MS } from "../../kernel/units.ts";
import type { EvidenceState } from "../../snapshot/evidence-state.ts";
import type { Evidence } from "../../snapshot/snapshot.ts";
import { countsIn, readingsAt } from "../operations/evidence/accumulate.ts";
import { knownBurst } from "../operations/evidence/baseline.ts";
import { burstOf } from "../operations/evidence/burst.ts";
import { addedUp } from "../operations/evidence/operations.ts";
import { withRecent } from "../operations/evidence/recent.ts";
import { type EvidenceUse, isAccumulated } from "../operations/evidence/uses.ts";

/** Where a proof stands: what its minutes have added to each logarithm, tempered by `burst`, which is at least 1. */
export type Standing =
  | { readonly kind: "sum"; readonly burst: number; readonly logs: readonly number[] }
  | {
      readonly kind: "window";
      readonly burst: number;
      /** What each minute of the window added, oldest first; null where that is not known. */
      readonly minutes: readonly (readonly number[])[] | null;
    };

/** By the evidence that the rule was judged over; null where that shows no such proof. */
export const standingIn =
  (evidence: Evidence) =>
  (use: EvidenceUse): Standing | null => {
    const sum = addedUp(use, evidence);
    if (typeof sum === "string") return null;
    const burst = burstOf(evidence, use.burstSignal);
    if (isAccumulated(use.lookBack)) return { kind: "sum", burst, logs: sum.logs };
    const minutes: (readonly number[])[] = [];
    for (let at = sum.from; at < sum.next; at = (at + MINUTE_MS) as EpochMs)
      minutes.push(addedBy(use, evidence, at, burst));
    return { kind: "window", burst, minutes };
  };

const addedBy = (
  { test, paths }: EvidenceUse,
  { minutes }: Evidence,
  at: EpochMs,
  burst: number,
): readonly number[] => {
  const counts = countsIn(readingsAt(minutes, at), paths);
  return (counts === null ? null : test.weigh(counts))?.map((weight) => weight / burst) ?? [];
};

/** By what was stored of a judged tick: the sums of gates, but not the minutes of windows. */
export const standingStored =
  (stored: EvidenceState) =>
  ({ key, test, lookBack, burstSignal }: EvidenceUse): Standing | null => {
    const known = knownBurst(stored);
    const burst = Object.hasOwn(known, burstSignal) ? (known[burstSignal] ?? 1) : 1;
    if (!isAccumulated(lookBack)) return { kind: "window", burst, minutes: null };
    const sum = stored.gates !== undefined && Object.hasOwn(stored.gates, key) ? stored.gates[key] : undefined;
    return sum === undefined ? null : { kind: "sum", burst, logs: withRecent(test, sum, burst).logs };
  };
