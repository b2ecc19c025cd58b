import type { CutoverState, Latch } from "./state.ts";

/** A latch as the one that puts it knows it: blind, before the state has been read. */
export type BlindLatch = Omit<Latch, "expected" | "fromPercent" | "reassertAfter">;

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
    expected: before.rollbackSafety,
    fromPercent: before.weightPercent,
    ...(before.intent === undefined ? {} : { reassertAfter: before.intent.notAfter }),
  },
});
