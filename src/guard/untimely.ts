import { CLOCK_SKEW_MS, TICK_MAX_AGE_MS } from "../decision/bounds.ts";
import { type EpochMs, later } from "../kernel/units.ts";

/**
 * Why a tick is not served at this instant, or null. A late one would judge by old evidence; one whose minute has not
 * begun would count waits as over that are not, and keep every tick up to it from being judged.
 */
export const untimely = (tick: EpochMs, now: EpochMs): string | null => {
  if (now > later(tick, TICK_MAX_AGE_MS)) return "the tick is more than 120 s old";
  return tick > later(now, CLOCK_SKEW_MS) ? "the tick's minute has not begun" : null;
};
