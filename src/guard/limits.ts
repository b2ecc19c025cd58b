import { durationMs } from "../kernel/units.ts";

// All in real time: an abandoned request costs a tick, a hanging one the whole run.

export const STATE_TIMEOUT_MS = durationMs(800);
/** A latch that is not answered by then is not waited for: going back does not depend on being recorded. */
export const LATCH_TIMEOUT_MS = durationMs(300);
export const READ_TIMEOUT_MS = durationMs(2_000);
export const RULE_WRITE_TIMEOUT_MS = durationMs(1_500);
export const NOTIFY_TIMEOUT_MS = durationMs(1_500);
export const STREAMS_TIMEOUT_MS = durationMs(10_000);
export const DRAIN_TIMEOUT_MS = durationMs(8_000);

/** A conditional write that somebody else's write overtook is built again from what is there, this often. */
export const COMMIT_ATTEMPTS = 4;
/** Promote asks once: a second request could leave after the first one's outcome has been acted on. */
export const ONE_ATTEMPT = { attempts: 1, timeoutMs: RULE_WRITE_TIMEOUT_MS } as const;
/** Writing blue again and again is harmless, so rollback insists. */
export const INSISTENT = { attempts: 3, timeoutMs: RULE_WRITE_TIMEOUT_MS } as const;
