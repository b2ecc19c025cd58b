import { durationMs } from "../kernel/units.ts";

/** D: the load balancer applies a request within this of its sending, or never. Settle, re-arm and the fence rely on it. */
export const APPLY_BOUND_MS = durationMs(30_000);
/** S: a Describe shows the truth of at most this long ago. Two reads prove something only when they are further apart. */
export const DESCRIBE_LAG_MS = durationMs(10_000);
/** Clocks of any two machines differ by at most this. */
export const CLOCK_SKEW_MS = durationMs(5_000);
/** A tick older than this is dropped: late evidence must not move traffic. */
export const TICK_MAX_AGE_MS = durationMs(120_000);
/** How long after an intent its request can still leave. Covers promote's hard time-out of 10 s fifteen times over. */
export const INTENT_LIFE_MS = durationMs(150_000);
/** Rollback's hard time-out, in real time. */
export const ROLLBACK_TIMEOUT_MS = durationMs(20_000);
/** How long after its start a run of rollback can still send. Its hard time-out, covered fifteen times over. */
export const ROLLBACK_LIFE_MS = durationMs(300_000);
