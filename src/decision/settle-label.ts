import { type EpochMs, epochMs } from "../kernel/units.ts";
import type { Observations, SignalValue } from "../signals/observation.ts";
import type { DrainProof } from "../signals/ports.ts";
import { isFlag, isNumber } from "./rollback-safety.ts";
import type { CutoverState, Latch, Settled } from "./state.ts";

type Read = <Value extends SignalValue>(
  path: string,
  is: (value: SignalValue) => value is Value,
  after: EpochMs,
) => Value | null;

/** Since when all was on blue, as far as anybody knows; null before it is verified. What was proven before says nothing. */
export const onBlueSince = ({ verifiedAt, greenAgainAt }: Latch): EpochMs | null =>
  verifiedAt === undefined ? null : epochMs(Math.max(verifiedAt, greenAgainAt ?? 0));

/**
 * What a verified snap-back has turned out to be, or why that is not proven yet.
 *
 * Lossless is said only after the reverse stream is proven empty of everything written before, and no row was written
 * on both sides. A gap or a dead letter is proof of loss by itself.
 */
export const settledLabel = (
  state: CutoverState,
  seen: { readonly drain?: DrainProof; readonly waitingFor: readonly string[]; readonly instants: Observations },
  at: EpochMs,
): { readonly settled: Settled | null; readonly waitingFor: readonly string[] } => {
  const since = state.latch === undefined ? null : onBlueSince(state.latch);
  if (since === null) return { settled: null, waitingFor: ["the snap-back is not verified"] };
  const settled = (label: Settled["label"], reasons: readonly string[]) => ({
    settled: { label, at, reasons },
    waitingFor: [],
  });
  // What is no flag and no number was not read: it must not pass for one that is quiet.
  const read: Read = (path, is, after) => {
    const one = seen.instants[path];
    return one?.known === true && one.readAt >= after && is(one.value) ? one.value : null;
  };
  const gap = read("reverse.dataGap", isFlag, since);
  const deadLetters = read("reverse.deadLetters", isNumber, since);
  if (gap === true) return settled("lossy", ["the reverse stream has a gap"]);
  if ((deadLetters ?? 0) > 0) return settled("lossy", [`${deadLetters} records of the reverse stream were put aside`]);
  if (seen.drain === undefined || seen.drain.since < since)
    return { settled: null, waitingFor: seen.waitingFor.length > 0 ? seen.waitingFor : ["a drain proof of reverse"] };
  // Read after the proof: a row that arrives with the last of the drain can still turn out to be a conflict.
  const conflicts = read("conflicts.new", isNumber, seen.drain.provenAt);
  if (gap === null || deadLetters === null || conflicts === null)
    return { settled: null, waitingFor: ["gap, dead letters and conflicts read after the snap-back"] };
  if (conflicts > 0) return settled("bounded", [`${conflicts} rows were written on both sides; both images are kept`]);
  return settled("lossless", ["everything green accepted is on blue"]);
};
