import type { JournalEntry } from "../guard/ports.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";

/**
 * How long a comparison speaks for both sides. It reads every row beside green's users, so it is not made again for each
 * minute of waiting; and what holds the point of no return for longer is where rows may have come to differ.
 */
const COMPARED_FOR_MS = durationMs(1_800_000);

const compared = (entries: readonly JournalEntry[]): JournalEntry | undefined =>
  entries.find(({ action }) => action === "final-diff");

/** Whether the sides were found equal no longer ago than that says anything. */
export const comparedLately = (entries: readonly JournalEntry[], now: EpochMs): boolean => {
  const at = compared(entries)?.finishedAt;
  return at !== undefined && now <= later(at, COMPARED_FOR_MS);
};

/** The entry of a comparison that begins from its beginning, in the place of the one there was. */
export const comparisonAnew = (entries: readonly JournalEntry[], epoch: number, now: EpochMs): JournalEntry => ({
  action: "final-diff",
  epoch: compared(entries)?.epoch ?? epoch,
  startedAt: now,
  detail: {},
});
