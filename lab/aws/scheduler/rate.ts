import { type DurationMs, durationMs, type EpochMs, later } from "../../../src/kernel/units.ts";

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** `rate(1 minute)` → its period. @throws any other expression: the lab does not serve cron and one-time schedules. */
export const readRate = (expression: string): DurationMs => {
  const match = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  const [, count, unit, plural] = match ?? [];
  if (count === undefined || unit === undefined || (count === "1") !== (plural === ""))
    throw new Error(`the lab does not know the schedule expression ${expression}`);
  return durationMs(Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
};

/** The first instant after `at` that is a whole number of periods since the epoch: a minute's first moment, for a rate of 1 minute. */
export const nextOccurrence = (at: EpochMs, period: DurationMs): EpochMs => later(at, period - (at % period));
