import { durationMs } from "../kernel/units.ts";

/** D: the load balancer applies a request within this of its sending, or never. Settle, re-arm and the fence rely on it. */
export const APPLY_BOUND_MS = durationMs(30_000);
/** S: a Describe shows the truth of at most this long ago. Two reads prove something only when they are further apart. */
export const DESCRIBE_LAG_MS = durationMs(10_000);
/** Clocks of any two machines differ by at most this. */
export const CLOCK_SKEW_MS = durationMs(5_000);
/** A tick older than this is dropped: late evidence must not move traffic. */
export const TICK_MAX_AGE_MS = durationMs(120_000);
/** Instants read longer ago than this are unknown. */
export const INSTANT_MAX_AGE_MS = durationMs(90_000);
/** How long after an intent its request can still leave. Covers promote's hard time-out of 10 s fifteen times over. */
export const INTENT_LIFE_MS = durationMs(150_000);
/** A minute of metrics is final this long after its end. */
export const FINAL_AFTER_MS = durationMs(300_000);
/** Gates look only at minutes that ended at least this long before T. */
export const GATE_DELAY_MS = durationMs(120_000);
