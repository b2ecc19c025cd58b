import { toIso } from "../../../kernel/instant.ts";
import { type EpochMs, earlier, epochMs, minuteOf } from "../../../kernel/units.ts";
import type { Accumulator, EvidenceState, Sums } from "../../../snapshot/evidence-state.ts";
import { FINAL_AFTER_MS } from "../../../snapshot/freshness.ts";
import type { Evidence, Readings } from "../../../snapshot/snapshot.ts";
import { consumeMinutes, countsIn, emptyAccumulator } from "./accumulate.ts";
import { knownBurst, nextBaseline } from "./baseline.ts";
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
  /** The minutes as they are known now, and as they were when the state was last written. */
  readonly rows: Evidence["minutes"];
  readonly rowsBefore: Evidence["minutes"];
}

export interface Advanced {
  readonly evidence: EvidenceState;
  /** A sentence for every minute that got worse after it had been consumed. */
  readonly corrections: readonly string[];
}

/**
 * The accumulators after one tick. Each minute is consumed once, when it is final. One that turns out worse later takes
 * back all that a proof had shown, and counts against green in both kinds: a correction never speaks for green.
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
  const changed = changedRows(progress);
  const side = (sums: Sums | undefined, of: readonly EvidenceUse[], from: keyof Stretch, until: EpochMs) =>
    nextSums(sums ?? {}, of, (use) => stretchOf(use, progress)?.[from] ?? null, { progress, changed, until, burst });
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

/** A minute that is known otherwise now than when the state was last written. */
interface Changed {
  readonly at: EpochMs;
  readonly readings: Readings;
  readonly readingsThen: Readings | null;
}

/** Both are oldest first, and hold the same object where nothing is known otherwise. */
const changedRows = ({ rows, rowsBefore }: Progress): readonly Changed[] => {
  const changed: Changed[] = [];
  let index = 0;
  for (const { at, readings } of rows) {
    while ((rowsBefore[index]?.at ?? at) < at) index += 1;
    const row = rowsBefore[index];
    const readingsThen = row?.at === at ? row.readings : null;
    if (readingsThen !== readings) changed.push({ at, readings, readingsThen });
  }
  return changed;
};

interface Consuming {
  readonly progress: Progress;
  readonly changed: readonly Changed[];
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
    const { corrected, said } = correct(use, sum, by);
    corrections.push(...said);
    const burst = by.burst[use.burstSignal] ?? 1;
    sums[use.key] = consumeMinutes(use.test, corrected, by.progress.rows, { paths: use.paths, until: by.until, burst });
  }
  return { sums, corrections };
};

/** What the minutes that were consumed already look like now, against what they looked like then. */
const correct = (
  use: EvidenceUse,
  sum: Accumulator,
  { changed, burst }: Consuming,
): { readonly corrected: Accumulator; readonly said: readonly string[] } => {
  const { key, test, paths, burstSignal } = use;
  const said: string[] = [];
  let logs = sum.logs;
  for (const { at, readings, readingsThen } of changed) {
    if (at < sum.from || at >= sum.next) continue;
    const worse = gotWorse(use, countsIn(readingsThen, paths), countsIn(readings, paths));
    if (worse === null) continue;
    said.push(`${key}: the minute of ${toIso(at)} got worse after it was final (${worse.how})`);
    const against = (gain: number): number => (test.restarts ? Math.max(0, gain) : Math.min(0, gain));
    logs = logs.map((log, index) => log + against(worse.gained[index] ?? 0) / (burst[burstSignal] ?? 1));
  }
  if (said.length === 0) return { corrected: sum, said };
  // A proof loses all that it had shown for green; what stands against green stays.
  return { corrected: { ...sum, logs: test.restarts ? logs : logs.map((log) => Math.min(0, log)) }, said };
};

type Counts = readonly number[] | null;

/**
 * What each logarithm gained by the change; null where it is no bad news. A minute that nobody had seen when it was
 * consumed and that is known now comes out of nothing: what it says against green counts, what it says for green does not.
 */
const gotWorse = ({ test }: EvidenceUse, then: Counts, now: Counts) => {
  if (now === null) return null;
  const nothing = Array.from({ length: test.alternatives }, () => 0);
  const weightsThen = (then === null ? null : test.weigh(then)) ?? nothing;
  const gained = (test.weigh(now) ?? nothing).map((weight, index) => weight - (weightsThen[index] ?? 0));
  return gained.some((gain) => (test.restarts ? gain > 0 : gain < 0))
    ? { gained, how: `${then ?? "not seen"} → ${now}` }
    : null;
};
