import type { SignalPath } from "../../../signals/catalogue.ts";
import type { Evidence, Readings } from "../../../snapshot/snapshot.ts";
import { numberIn } from "../minutes.ts";

/** An hour of blue shows its habits; what was before may be another time of day. */
export const BASELINE_MINUTES = 60;
/**
 * Of fewer minutes the factor is mostly noise: of n minutes without any bursts it comes to 1 ± √(2/(n−1)), of ten to
 * 1 ± 0.5, and whatever is above 1 by chance delays every proof and every alarm of the cutover by as much.
 */
export const FEWEST_BASELINE_MINUTES = 10;

/**
 * D = variance / mean of the errors a minute, at least 1. Independent errors have 1; errors that come in clumps more, and
 * then say that many times less. 1 where too few minutes, or no errors, show nothing.
 */
export const burstFactor = (errors: readonly number[]): number => {
  const count = errors.length;
  const mean = errors.reduce((sum, each) => sum + each, 0) / count;
  if (count < FEWEST_BASELINE_MINUTES || mean === 0) return 1;
  const variance = errors.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (count - 1);
  return Math.max(1, variance / mean);
};

/** Whose habits tell how green's errors clump: those of the same signal of blue. What belongs to no side tells its own. */
export const burstSignal = (errors: SignalPath): SignalPath => errors.replace(/^green\./, "blue.");

/** A minute of blue alone: it had requests, and green had none. */
export const isBaseline = (readings: Readings): boolean =>
  (numberIn(readings, "blue.requests") ?? 0) > 0 && (numberIn(readings, "green.requests") ?? 0) === 0;

/** The newest minutes of blue alone in which a signal has a value, oldest first. */
export const baselineErrors = (rows: Evidence["minutes"], signal: SignalPath): readonly number[] =>
  rows
    .flatMap(({ readings }) => (isBaseline(readings) ? [numberIn(readings, signal) ?? []].flat() : []))
    .slice(-BASELINE_MINUTES);

/** The factor by which this signal's evidence is tempered: as the state knows it, else by what can be seen. */
export const burstOf = (
  { minutes, accumulated }: Pick<Evidence, "minutes" | "accumulated">,
  signal: SignalPath,
): number => {
  if (accumulated === undefined) return burstFactor(baselineErrors(minutes, signal));
  return Object.hasOwn(accumulated.burst, signal) ? (accumulated.burst[signal] ?? 1) : 1;
};
