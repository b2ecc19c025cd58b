import { type EpochMs, epochMs } from "./units.ts";

/** ISO 8601 in UTC with milliseconds, e.g. `2026-11-22T03:00:00.000Z`. */
export const toIso = (at: EpochMs): string => new Date(at).toISOString();

/** The last one that a date can name. */
const LAST_MS = 8_640_000_000_000_000;

/** Whether a stored value is an instant that can be written as a date. */
export const isInstant = (value: unknown): value is EpochMs =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LAST_MS;

/**
 * Reads ISO 8601, also CloudWatch's form whose offset has no colon (`2024-02-17T11:53:08.431+0000`).
 * @returns The instant, or null where the text is none, or one before 1970.
 */
export const fromIso = (text: string): EpochMs | null => {
  const at = Date.parse(text);
  // As we write them ourselves: there is one way only.
  if (at >= 0 && text.length === 24 && toIso(at as EpochMs) === text) return epochMs(at);
  return otherIso(text);
};

const otherIso = (text: string): EpochMs | null => {
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return at >= 0 && hasItsDay(text) ? epochMs(at) : null;
};

/** Date.parse takes the 31st of April for the 1st of May. */
const hasItsDay = (text: string): boolean => {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  return day !== undefined && new Date(day).toISOString().startsWith(day);
};
