import { durationMs, MINUTE_MS } from "../kernel/units.ts";

/** Instants read longer ago than this are unknown. */
export const INSTANT_MAX_AGE_MS = durationMs(90_000);
/** A minute of metrics is final this long after its end. */
export const FINAL_AFTER_MS = durationMs(300_000);
/** Gates look only at minutes that ended at least this long before T. */
export const GATE_DELAY_MS = durationMs(120_000);
export const GATE_DELAY_MINUTES = GATE_DELAY_MS / MINUTE_MS;
/** A snapshot holds the metrics of this many minutes before T. */
export const SNAPSHOT_MINUTES = 10;
/** A p99 is one figure over so many minutes. */
export const P99_MINUTES = 3;
/** A p99 of fewer requests than this is their maximum, not a percentile. */
export const P99_MIN_REQUESTS = 100;
