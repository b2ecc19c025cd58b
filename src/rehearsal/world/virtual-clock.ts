import type { ClockPort } from "../../guard/ports.ts";
import { type DurationMs, type EpochMs, later } from "../../kernel/units.ts";

/** A clock that stands still until somebody waits, sleeps, or spends time on a call. */
export interface VirtualClock extends ClockPort {
  /** @throws {RangeError} an instant in the past: time does not run backwards. */
  advanceTo(at: EpochMs): void;
  spend(ms: number): void;
  /** Called after every move of the clock: what was due by then happens, whoever moved it. */
  onMove(moved: () => void): void;
}

export const virtualClock = (start: EpochMs): VirtualClock => {
  let now = start;
  const watchers: (() => void)[] = [];
  const advanceTo = (at: EpochMs): void => {
    if (at < now) throw new RangeError(`the clock shows ${now} already`);
    now = at;
    for (const moved of watchers) moved();
  };
  return {
    now: () => now,
    sleep: async (forMs: DurationMs) => advanceTo(later(now, forMs)),
    advanceTo,
    onMove: (moved) => void watchers.push(moved),
    spend: (ms) => advanceTo(later(now, ms)),
  };
};
