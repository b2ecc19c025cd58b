import { type EpochMs, earlier, epochMs, minuteOf } from "../../../kernel/units.ts";
import type { Accumulator, EvidenceState, Sums } from "../../../snapshot/evidence-state.ts";
import { FINAL_AFTER_MS } from "../../../snapshot/freshness.ts";
import type { Evidence } from "../../../snapshot/snapshot.ts";
import { emptyAccumulator } from "./accumulate.ts";
import { knownBurst, nextBaseline } from "./baseline.ts";
import { advanceSum } from "./recent.ts";
import type { AccumulatedUses, EvidenceUse } from "./uses.ts";

/** Where a step, or the soak, begins: the first minute that counts. */
export interface Stretch {
  readonly gatesFrom: EpochMs;
  readonly rollbackFrom: EpochMs;
}

/** What one tick adds to the accumulators. */
export interface Progress {
  readonly uses: AccumulatedUses;
  readonly tick: EpochMs;
  /** null before the first step. */
  readonly step: Stretch | null;
  /** null outside the soak. */
  readonly soak: Stretch | null;
  /** Where minutes of blue alone end: the first step's intent; null before it. */
  readonly greenFrom: EpochMs | null;
  /** A change that is not settled: from its minute on nothing speaks for the step. */
  readonly intentAt: EpochMs | null;
  /** The minutes as they are known now. */
  readonly rows: Evidence["minutes"];
}

export interface Advanced {
  readonly evidence: EvidenceState;
  /** A sentence for every minute that got worse after it had been consumed as known. */
  readonly corrections: readonly string[];
}

/**
 * The accumulators after one tick. Each minute is consumed once, when it is final, and counts as the worst that it was
 * known as since: a correction never speaks for green.
 */
export const advanceEvidence = (before: EvidenceState, progress: Progress): Advanced => {
  const { uses, tick, intentAt } = progress;
  const all = [...uses.gates, ...uses.rollback];
  if (all.length === 0) return { evidence: {}, corrections: [] };
  const final = earlier(minuteOf(tick), FINAL_AFTER_MS);
  const known = nextBaseline(before, {
    signals: [...new Set(all.map(({ burstSignal }) => burstSignal))],
    rows: progress.rows,
    final,
    greenFrom: progress.greenFrom,
  });
  const burst = knownBurst(known);
  const side = (sums: Sums | undefined, of: readonly EvidenceUse[], from: keyof Stretch, until: EpochMs) =>
    nextSums(sums ?? {}, of, (use) => stretchOf(use, progress)?.[from] ?? null, { progress, until, burst });
  const unsettled = intentAt === null ? final : epochMs(Math.min(final, minuteOf(intentAt)));
  const gates = side(before.gates, uses.gates, "gatesFrom", unsettled);
  const rollback = side(before.rollback, uses.rollback, "rollbackFrom", final);
  return {
    evidence: { ...known, gates: gates.sums, rollback: rollback.sums },
    corrections: [...new Set([...gates.corrections, ...rollback.corrections])],
  };
};

const stretchOf = ({ lookBack }: EvidenceUse, { step, soak }: Progress): Stretch | null =>
  lookBack === "soak" ? soak : step;

interface Consuming {
  readonly progress: Progress;
  readonly until: EpochMs;
  readonly burst: Readonly<Record<string, number>>;
}

const nextSums = (
  before: Sums,
  uses: readonly EvidenceUse[],
  from: (use: EvidenceUse) => EpochMs | null,
  by: Consuming,
): { readonly sums: Sums; readonly corrections: readonly string[] } => {
  const corrections: string[] = [];
  const sums: Record<string, Accumulator> = {};
  for (const use of uses) {
    const start = from(use);
    if (start === null) continue;
    const kept = Object.hasOwn(before, use.key) ? before[use.key] : undefined;
    const sum = kept === undefined || kept.from < start ? emptyAccumulator(use.test, start) : kept;
    const { tick, rows } = by.progress;
    const added = advanceSum(use, sum, rows, { tick, until: by.until, burst: by.burst[use.burstSignal] ?? 1 });
    corrections.push(...added.corrections);
    sums[use.key] = added.sum;
  }
  return { sums, corrections };
};
