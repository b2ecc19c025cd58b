import { oncePerText } from "./memo.ts";

declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Unit<"EpochMs">;
/** A length of time in milliseconds, never negative. */
export type DurationMs = Unit<"DurationMs">;
/** Share of traffic sent to green, an integer from 0 to 100. */
export type WeightPercent = Unit<"WeightPercent">;

const checked = <Name extends string>(value: number, holds: boolean, name: Name): Unit<Name> => {
  if (!holds) throw new RangeError(`${value} is not a valid ${name}`);
  return value as Unit<Name>;
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** @throws {RangeError} not a safe, non-negative integer. */
export const epochMs = (value: number): EpochMs => checked(value, isCount(value), "EpochMs");
/** @throws {RangeError} not a safe, non-negative integer. */
export const durationMs = (value: number): DurationMs => checked(value, isCount(value), "DurationMs");
/** @throws {RangeError} not an integer from 0 to 100. */
export const weightPercent = (value: number): WeightPercent =>
  checked(value, Number.isInteger(value) && value >= 0 && value <= 100, "WeightPercent");

export const MINUTE_MS = durationMs(60_000);
export const DAY_MS = durationMs(86_400_000);

export const later = (at: EpochMs, byMs: number): EpochMs => epochMs(at + byMs);
export const earlier = (at: EpochMs, byMs: number): EpochMs => epochMs(Math.max(0, at - byMs));
/** The start of the minute that holds this instant. */
export const minuteOf = (at: EpochMs): EpochMs => epochMs(at - (at % MINUTE_MS));

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

const DURATION = /^([1-9][0-9]{0,6})(s|m|h)$/;

/** Whether a text is a policy's duration. */
export const isDuration = (text: string): boolean => DURATION.test(text);

/**
 * Reads a policy's duration: a positive whole number of seven digits at most, and `s`, `m` or `h` ("90s", "5m", "24h").
 * @throws {RangeError} anything else; policy files are checked against their schema before they get here.
 */
export const parseDuration = oncePerText((text): DurationMs => {
  const match = DURATION.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a duration such as 90s, 5m or 24h`);
  return durationMs(Number(match[1]) * (UNIT_MS[match[2] ?? ""] ?? 0));
});
