import { MINUTE_MS } from "../../../kernel/units.ts";
import type { SignalPath } from "../../../signals/catalogue.ts";
import type { Evidence, Readings } from "../../../snapshot/snapshot.ts";
import { ownAt } from "../../logic/data-access.ts";
import { isCount, numberIn } from "../minutes.ts";

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

/** A minute of blue alone: it had requests, and green had none or no such value. A null says only that nobody could count them. */
export const isBaseline = (readings: Readings): boolean => {
  const green = ownAt(readings.values, "green.requests");
  return (numberIn(readings, "blue.requests") ?? 0) > 0 && (green === undefined || green === 0);
};

/** The newest minutes of blue alone in which a signal has a value, oldest first. */
export const baselineErrors = (rows: Evidence["minutes"], signal: SignalPath): readonly number[] =>
  rows
    .flatMap(({ readings }) => {
      const count = isBaseline(readings) ? numberIn(readings, signal) : null;
      return count !== null && isCount(count) ? count : [];
    })
    .slice(-BASELINE_MINUTES);

/** What was over by `now`, and before green's first request: later minutes tell of another system, or are not known yet. */
const beforeGreen = ({ minutes, now }: Pick<Evidence, "minutes" | "now">): Evidence["minutes"] => {
  const over = minutes.filter(({ at }) => at + MINUTE_MS <= now);
  const first = over.findIndex(({ readings }) => (numberIn(readings, "green.requests") ?? 0) > 0);
  return first < 0 ? over : over.slice(0, first);
};

/** The factor by which this signal's evidence is tempered: as the state knows it, else by what can be seen. */
export const burstOf = (evidence: Pick<Evidence, "minutes" | "now" | "accumulated">, signal: SignalPath): number => {
  const { accumulated } = evidence;
  if (accumulated === undefined) return burstFactor(baselineErrors(beforeGreen(evidence), signal));
  return Object.hasOwn(accumulated.burst, signal) ? (accumulated.burst[signal] ?? 1) : 1;
};
