import type { EpochMs } from "../kernel/units.ts";
import type { CutoverState, Latch, RollbackSafety } from "./state.ts";

/** Two ticks and a half: a label that no tick has renewed since says nothing of now. */
const SAFETY_MAX_AGE_MS = 150_000;

const asOf = (safety: RollbackSafety, at: EpochMs): RollbackSafety =>
  at - safety.at <= SAFETY_MAX_AGE_MS
    ? safety
    : { ...safety, label: "unknown", reasons: [`last measured ${Math.round((at - safety.at) / 1000)} s before`] };

/** A latch as the one that puts it knows it: blind, before the state has been read. */
export type BlindLatch = Omit<Latch, "expected" | "fromPercent" | "reassertAfter">;

/** What has to hold of the item for a latch to be put; what is left out is not asked. */
export interface LatchConditions {
  readonly epoch?: number;
  readonly armedAtOrBefore?: EpochMs;
  /** No later tick has been judged. */
  readonly lastTickAtOrBefore?: EpochMs;
}

/**
 * As a table that keeps whole states asks them; DynamoDB is asked by an expression of its own. A cutover that is complete
 * is never latched: there is nothing to go back to, and nobody could take the latch off again.
 */
export const permits = (
  { epoch, armedAtOrBefore, lastTickAtOrBefore }: LatchConditions,
  state: CutoverState,
): boolean =>
  state.phase !== "complete" &&
  (epoch === undefined || state.epoch === epoch) &&
  (armedAtOrBefore === undefined || state.armedAt <= armedAtOrBefore) &&
  (lastTickAtOrBefore === undefined || (state.lastTick ?? 0) <= lastTickAtOrBefore);

/**
 * What one blind latch makes of the item: the fence moves, the intent stays, and the latch keeps what the item said of
 * the moment. Both the store and its fake answer with this.
 */
export const applyLatch = (before: CutoverState, latch: BlindLatch, writeId: string): CutoverState => ({
  ...before,
  version: before.version + 1,
  writeId,
  epoch: before.epoch + 1,
  latch: {
    ...latch,
    expected: asOf(before.rollbackSafety, latch.at),
    fromPercent: before.weightPercent,
    ...(before.intent === undefined ? {} : { reassertAfter: before.intent.notAfter }),
  },
});
