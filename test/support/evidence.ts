import { fromIso } from "../../src/kernel/instant.ts";
import { type EpochMs, epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import type { SignalValue } from "../../src/signals/observation.ts";
import type { Evidence, Readings } from "../../src/snapshot/snapshot.ts";

/** What evidence is judged at, in specs that do not care. */
export const NOW: EpochMs = fromIso("2026-01-05T12:00:00Z") ?? epochMs(0);

/** Of one signal: the same in every minute and now, or minute by minute, oldest first, null where it has no value. */
export type Series = SignalValue | readonly (SignalValue | null)[];

/** A minute's values; null for a minute without a row. */
type Row = Readings | null;

/**
 * Evidence out of signals by path. Lists end with the newest minute that ended by `NOW`; what they end with is also
 * the current value. A figure over three minutes (`p99Ms`) is in no minute's row.
 */
export const evidenceOf = (
  signals: Readonly<Record<string, Series>>,
  options: { readonly minutes?: number; readonly missingRows?: readonly number[] } = {},
): Evidence => {
  const count = options.minutes ?? 5;
  const rows = Array.from({ length: count }, (_, index): Row => {
    const fromEnd = count - 1 - index;
    if (options.missingRows?.includes(fromEnd)) return null;
    return readingsOf(signals, (path, series) => (path.endsWith(".p99Ms") ? null : valueAt(series, fromEnd)));
  });
  return {
    now: NOW,
    current: readingsOf(signals, (_, series) => valueAt(series, 0)),
    minutes: rows.flatMap((readings, index) =>
      readings === null ? [] : [{ at: epochMs(NOW - (count - index) * MINUTE_MS), readings }],
    ),
  };
};

const valueAt = (series: Series, fromEnd: number): SignalValue | null =>
  typeof series === "object" ? (series.at(-1 - fromEnd) ?? null) : series;

const readingsOf = (
  signals: Readonly<Record<string, Series>>,
  pick: (path: string, series: Series) => SignalValue | null,
): Readings => {
  const values: Record<string, Record<string, SignalValue>> = {};
  const absent: Record<string, string> = {};
  for (const [path, series] of Object.entries(signals)) {
    const [group = "", name = ""] = path.split(".");
    const value = pick(path, series);
    if (value === null) absent[path] = "not reported";
    else values[group] = { ...values[group], [name]: value };
  }
  return { values, absent };
};

/** The same evidence without a signal: gone from every minute and from now. */
export const without = (evidence: Evidence, path: string): Evidence => {
  const [group = "", name = ""] = path.split(".");
  const strip = (readings: Readings): Readings => {
    const { [name]: _, ...others } = readings.values[group] ?? {};
    return { ...readings, values: { ...readings.values, [group]: others } };
  };
  return {
    ...evidence,
    current: strip(evidence.current),
    minutes: evidence.minutes.map(({ at, readings }) => ({ at, readings: strip(readings) })),
  };
};
