import type { WriteLimits } from "../actuation/rules-port.ts";
import { durationMs } from "../kernel/units.ts";
import { INSISTENT, RULE_WRITE_TIMEOUT_MS } from "./limits.ts";

/** How long a run has until it is killed, in real time; left out where nothing kills it, as on a laptop. */
export interface TimeLeft {
  readonly timeLeftMs?: () => number;
}

/** What is kept for the end: telling people, or recording that all is on blue. */
const LAST_WORDS_MS = durationMs(2_000);
/** One attempt, and the longest pause that comes before it. */
const ATTEMPT_MS = durationMs(RULE_WRITE_TIMEOUT_MS + 200);

export const hasTimeFor = ({ timeLeftMs }: TimeLeft, forMs: number): boolean =>
  timeLeftMs === undefined || timeLeftMs() >= forMs + LAST_WORDS_MS;

/** As many attempts as there is time for, one of the write that comes after it counted in, and one in any case. */
export const insistingIn = (run: TimeLeft, place: "more to come" | "last"): WriteLimits => {
  let { attempts } = INSISTENT as WriteLimits;
  const after = place === "last" ? 0 : 1;
  while (attempts > 1 && !hasTimeFor(run, (attempts + after) * ATTEMPT_MS)) attempts -= 1;
  return { ...INSISTENT, attempts };
};
