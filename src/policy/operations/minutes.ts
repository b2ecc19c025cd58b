import { type EpochMs, epochMs, MINUTE_MS, parseDuration } from "../../kernel/units.ts";
import type { Evidence, Readings } from "../../snapshot/snapshot.ts";
import { ownAt } from "../logic/data-access.ts";
import type { OperationContext } from "./operation.ts";

export interface Minute {
  readonly at: EpochMs;
  /** null where the minute was not observed or may not be used. */
  readonly readings: Readings | null;
}

type Rows = ReadonlyMap<EpochMs, Readings>;

/** Every operation of a policy reads the same rows, and nobody changes them. */
const rowsByMinute = new WeakMap<Evidence["minutes"], Rows>();

const rowsOf = (minutes: Evidence["minutes"]): Rows => {
  const rows = rowsByMinute.get(minutes) ?? new Map(minutes.map((row) => [row.at, row.readings]));
  rowsByMinute.set(minutes, rows);
  return rows;
};

/** Every minute of a window, oldest first, observed or not: those with `now − w ≤ start` and `end ≤ now`. */
export const minutesOf = (context: OperationContext, window: string): readonly Minute[] => {
  const { now, minutes } = context.evidence;
  const rows = rowsOf(minutes);
  const first = Math.ceil(Math.max(0, now - parseDuration(window)) / MINUTE_MS) * MINUTE_MS;
  const found: Minute[] = [];
  for (let start = first; start + MINUTE_MS <= now; start += MINUTE_MS) {
    const at = epochMs(start);
    found.push({ at, readings: rows.get(at) ?? null });
  }
  return found;
};

export const numberIn = (readings: Readings | null, path: string): number | null => {
  const value = ownAt(readings?.values, path);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

/** Why a minute has no value of a signal. */
export const whyMissing = (minute: Minute, path: string): string => {
  if (minute.readings === null) return "minute not observed";
  const reason = ownAt({ absent: minute.readings.absent }, "absent");
  const absent = reason as Readonly<Record<string, string>> | undefined;
  return absent !== undefined && Object.hasOwn(absent, path) ? (absent[path] ?? "no value") : "no value";
};

export type Observed<Value> =
  | { readonly kind: "observed"; readonly points: readonly { readonly at: EpochMs; readonly value: Value }[] }
  | { readonly kind: "thin"; readonly reason: string };

/**
 * What a window shows of some paths: one point for each minute in which all of them have a value, provided that these
 * are enough of its minutes. "thin" says how many there were and why the newest missing one is missing.
 */
export const observe = <Value>(
  context: OperationContext,
  window: string,
  paths: readonly string[],
  read: (readings: Readings | null) => Value | null,
): Observed<Value> => {
  const minutes = minutesOf(context, window);
  const points = minutes.flatMap(({ at, readings }) => {
    const value = read(readings);
    return value === null ? [] : [{ at, value }];
  });
  const seen = new Set(points.map((point) => point.at));
  const forgiven = context.newestMinute === "optional" && !minutes.slice(-1).every(({ at }) => seen.has(at)) ? 1 : 0;
  const expected = minutes.length - forgiven;
  if (points.length > 0 && points.length >= context.minCoverage * expected) return { kind: "observed", points };
  const gap = minutes.findLast(({ at }) => !seen.has(at));
  const path = paths.find((each) => gap !== undefined && whyMissing(gap, each) !== "no value") ?? paths[0] ?? "";
  const why = gap === undefined ? "no minutes" : whyMissing(gap, path);
  return { kind: "thin", reason: `coverage ${points.length}/${minutes.length} (${why})` };
};
