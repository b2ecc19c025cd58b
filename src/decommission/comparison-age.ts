import type { JournalEntry } from "../guard/ports.ts";
import { durationMs, type EpochMs, epochMs, later } from "../kernel/units.ts";

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

/** The entry with what one more part of its act came to. */
export const wentOn = (entry: JournalEntry, detail: JournalEntry["detail"], now: EpochMs): JournalEntry => ({
  ...entry,
  detail: { ...detail, wentOnAt: now },
});

/** When the last part of an act was done; when it was begun where it has no parts. */
export const lastWentOn = ({ startedAt, detail }: JournalEntry): EpochMs =>
  typeof detail["wentOnAt"] === "number" ? epochMs(detail["wentOnAt"]) : startedAt;

/** The entry of an act that is not finished, or null where it has to begin: what was compared before a long halt is old. */
export const unfinished = (entries: readonly JournalEntry[], action: string, now: EpochMs): JournalEntry | null => {
  const entry = entries.find((of) => of.action === action);
  if (entry === undefined) return null;
  const isOld = action === "final-diff" && now > later(lastWentOn(entry), COMPARED_FOR_MS);
  return isOld ? comparisonAnew(entries, entry.epoch, now) : entry;
};
