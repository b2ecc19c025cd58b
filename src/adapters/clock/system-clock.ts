import type { ClockPort } from "../../guard/ports.ts";
import { type EpochMs, epochMs } from "../../kernel/units.ts";

const LONGEST_TIMER_MS = 50;

/** A clock by any source of time. `sleep` asks it again and again: a lab's time runs faster than this machine's timers. */
export const clockBy = (now: () => EpochMs): ClockPort => ({
  now,
  sleep: async (forMs) => {
    const until = now() + forMs;
    for (let left = forMs as number; left > 0; left = until - now())
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_TIMER_MS)));
  },
});

export const systemNow = (): EpochMs => epochMs(Date.now());
