import type { ClockPort } from "../../src/guard/ports.ts";
import { fromIso } from "../../src/kernel/instant.ts";
import { type DurationMs, type EpochMs, later } from "../../src/kernel/units.ts";

/** A clock that stands still until somebody waits, sleeps, or spends time on a call. */
export interface VirtualClock extends ClockPort {
  /** @throws {RangeError} an instant in the past: time does not run backwards. */
  advanceTo(at: EpochMs): void;
  spend(ms: number): void;
  /** Called after every move of the clock: what was due by then happens, whoever moved it. */
  onMove(moved: () => void): void;
}

export const virtualClock = (startIso = "2026-11-22T03:00:00Z"): VirtualClock => {
  const start = fromIso(startIso);
  if (start === null) throw new RangeError(`${startIso} is no instant`);
  let now: EpochMs = start;
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
