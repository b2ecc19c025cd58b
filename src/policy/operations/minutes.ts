import { type EpochMs, MINUTE_MS, parseDuration } from "../../kernel/units.ts";
import { type SignalPath, signalAt } from "../../signals/catalogue.ts";
import type { Readings } from "../../snapshot/snapshot.ts";
import { ownAt } from "../logic/data-access.ts";
import type { OperationContext } from "./operation.ts";

export interface Minute {
  readonly at: EpochMs;
  /** null where the minute was not observed or may not be used. */
  readonly readings: Readings | null;
}

/** Every minute of a window, oldest first, observed or not: those with `now − w ≤ start` and `end ≤ now`. */
export const minutesOf = (context: OperationContext, window: string): readonly Minute[] => {
  const found: Minute[] = [];
  eachMinute(context, window, (at, readings) => found.push({ at, readings }));
  return found;
};

/**
 * The first minute of a window, whole. It may lie before 1970: no row can be of such a minute, so it counts as one that
 * nobody observed.
 */
export const firstMinuteOf = (now: EpochMs, window: string): EpochMs =>
  (Math.ceil((now - parseDuration(window)) / MINUTE_MS) * MINUTE_MS) as EpochMs;

/** Calls back for every minute of a window, oldest first; without readings where it was not observed. */
const eachMinute = (
  { evidence: { now, minutes } }: OperationContext,
  window: string,
  see: (at: EpochMs, readings: Readings | null) => void,
): void => {
  const first = firstMinuteOf(now, window);
  // Rows are oldest first, and windows lie at their end.
  // Stryker disable next-line ArrowFunction,ConditionalExpression: older rows are passed over below, only later
  let index = minutes.findLastIndex(({ at }) => at < first) + 1;
  for (let start: number = first; start + MINUTE_MS <= now; start += MINUTE_MS) {
    let readings: Readings | null = null;
    for (let row = minutes[index]; row !== undefined && row.at <= start; row = minutes[index]) {
      if (row.at === start) readings = row.readings;
      index += 1;
    }
    see(start as EpochMs, readings);
  }
};

export const numberIn = (readings: Readings | null, path: string): number | null => {
  const value = ownAt(readings?.values, path);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

/** No count is below 0, and beyond 2^53 none is exact. */
export const isCount = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** Why a minute has no value of a signal. */
export const whyMissing = (minute: Minute, path: string): string => {
  if (minute.readings === null) return "minute not observed";
  const { absent } = minute.readings;
  const reason = Object.hasOwn(absent, path) ? absent[path] : undefined;
  return reason ?? "no value";
};

export type Observed<Value> =
  | { readonly kind: "observed"; readonly points: readonly { readonly at: EpochMs; readonly value: Value }[] }
  | { readonly kind: "thin"; readonly reason: string };

/** At least one. */
type Paths = readonly [SignalPath, ...SignalPath[]];

/**
 * What a window shows of some paths: one point for each minute in which all of them have a value, provided that these
 * are enough of its minutes. "thin" says how many there were and why the newest missing one is missing.
 */
export const observe = <Value>(
  context: OperationContext,
  window: string,
  paths: Paths,
  read: (readings: Readings | null) => Value | null,
): Observed<Value> => {
  const points: { readonly at: EpochMs; readonly value: Value }[] = [];
  let minutes = 0;
  let missingAtEnd = 0;
  eachMinute(context, window, (at, readings) => {
    const value = read(readings);
    minutes += 1;
    missingAtEnd = value === null ? missingAtEnd + 1 : 0;
    if (value !== null) points.push({ at, value });
  });
  const expected = minutes - Math.min(missingAtEnd, mayBeLate(context, paths[0]));
  if (points.length > 0 && points.length >= context.minCoverage * expected) return { kind: "observed", points };
  return { kind: "thin", reason: `coverage ${points.length}/${minutes} (${whyThin(context, window, paths, read)})` };
};

/**
 * How many of the newest minutes may be missing without counting against coverage. For a rollback rule one; of counts of
 * errors two, as many as CloudWatch is late at times: what they hold can only add to the errors that the others show.
 */
export const mayBeLate = ({ newestMinute }: OperationContext, path: SignalPath): number => {
  if (newestMinute === "required") return 0;
  const signal = signalAt(path);
  return signal?.kind === "minute" && signal.worse === "up" ? 2 : 1;
};

/** Why the newest minute that is missing is missing. */
const whyThin = <Value>(
  context: OperationContext,
  window: string,
  paths: Paths,
  read: (readings: Readings | null) => Value | null,
): string => {
  const gap = minutesOf(context, window).findLast(({ readings }) => read(readings) === null);
  if (gap === undefined) return "no minutes";
  return whyMissing(gap, paths.find((each) => whyMissing(gap, each) !== "no value") ?? paths[0]);
};
