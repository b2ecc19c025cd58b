import type { ClockPort } from "../../guard/ports.ts";
import { epochMs } from "../../kernel/units.ts";

const LONGEST_TIMER_MS = 50;

/** The machine's clock. `sleep` looks at `Date` again and again, because a laboratory may run `Date` faster than timers. */
export const systemClock: ClockPort = {
  now: () => epochMs(Date.now()),
  sleep: async (forMs) => {
    const until = Date.now() + forMs;
    for (let left = forMs as number; left > 0; left = until - Date.now())
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_TIMER_MS)));
  },
};
