import type { OutsideAction } from "../../../src/decommission/acts.ts";

/** What the design assumes and orders, written down here a second time on purpose: a mistake in the guard's own is to show. */

/** Two clocks differ by at most this. */
export const SKEW_MS = 5_000;

/** What a Describe shows was so at most this long ago. */
export const DESCRIBE_LAG_MS = 10_000;

/** A request for a change of the rules arrives within this of its sending, or never. */
export const APPLY_BOUND_MS = 30_000;

/** A request leaves within this of its announcement, or never. */
export const INTENT_LIFE_MS = 150_000;

/** So long a rehearsal of the rollback may keep the first step waiting. */
export const REHEARSAL_LIFE_MS = 30 * 60_000;

/** A tick that comes later than this after its minute is over is not to be served. */
export const TICK_AGE_MS = 120_000;

/** A minute is final so long after its end: errors arrive late. */
export const FINAL_AFTER_MS = 5 * 60_000;

/** Three ticks: leave to go on with decommission that no tick renews is over. */
export const PERMIT_LIFE_MS = 180_000;

/** An operator's word to give up the way back holds for a day. */
export const APPROVAL_LIFE_MS = 86_400_000;

/** The longest act there is, and its answer. */
export const ACT_MS = 60_000;

/** The acts of decommission that change something outside, in order; of the two streams reverse goes last. */
export const ACTS: readonly OutsideAction[] = [
  "final-diff",
  "alarm-actions-off",
  "delete-pin",
  "fence-blue",
  "drain-forward",
  "stop-forward",
  "drop-forward-slot",
  "stop-reverse-source",
  "drain-reverse",
  "stop-reverse-sink",
  "drop-reverse-slot",
  "reset-offsets",
  "delete-connectors",
  "drop-publications",
  "drop-guards",
  "verify-absence",
];
