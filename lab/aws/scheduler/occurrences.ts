import { type DurationMs, durationMs, type EpochMs, later, MINUTE_MS, minuteOf } from "../../../src/kernel/units.ts";

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export interface Occurrences {
  readonly period: DurationMs;
  /** The first one of a schedule that was made at this instant. */
  readonly first: (madeAt: EpochMs) => EpochMs;
}

/**
 * `cron(* * * * ? *)` names whole minutes. A rate is counted from when the schedule was made, whatever second that was.
 * @throws any other expression: the lab serves no other cron, and no one-time schedules.
 */
export const readOccurrences = (expression: string): Occurrences => {
  if (expression === "cron(* * * * ? *)")
    return { period: durationMs(MINUTE_MS), first: (madeAt) => later(minuteOf(madeAt), MINUTE_MS) };
  const match = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression);
  const [, count, unit, plural] = match ?? [];
  if (count === undefined || unit === undefined || (count === "1") !== (plural === ""))
    throw new Error(`the lab does not know the schedule expression ${expression}`);
  const period = durationMs(Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  return { period, first: (madeAt) => later(madeAt, period) };
};
