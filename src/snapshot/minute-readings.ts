import { type EpochMs, earlier, later, MINUTE_MS } from "../kernel/units.ts";
import type { MetricReadings, MetricSeries } from "../signals/ports.ts";
import { SNAPSHOT_MINUTES } from "./freshness.ts";
import type { MinuteReadings } from "./snapshot.ts";

/** CloudWatch answered in full and has nothing for this minute: no request ended in it, or not published yet. */
export const NO_DATAPOINT = "no datapoint in that minute";

type Of = MetricSeries["of"];
type Cell = { readonly known: true; readonly value: number } | { readonly known: false; readonly reason: string };

const value = (of: number): Cell => ({ known: true, value: of });
const absent = (reason: string): Cell => ({ known: false, reason });

/** One row for each minute of [T−10, T), oldest first. */
export const minuteReadings = (readings: MetricReadings, tick: EpochMs): readonly MinuteReadings[] =>
  Array.from({ length: SNAPSHOT_MINUTES }, (_, index) =>
    rowOf(readings, later(earlier(tick, SNAPSHOT_MINUTES * MINUTE_MS), index * MINUTE_MS)),
  );

const rowOf = (readings: MetricReadings, at: EpochMs): MinuteReadings => {
  const cells: Readonly<Record<string, Cell>> = {
    ...sideCells(readings, "green", at),
    ...sideCells(readings, "blue", at),
    "lb.requests": cellOf(readings, "lb", "requests", at),
    "lb.errors5xx": countOf(readings, "lb", "errors5xx", at),
    "traffic.greenPercent": greenShare(readings, at),
  };
  const values: Record<string, number> = {};
  const reasons: Record<string, string> = {};
  for (const [path, cell] of Object.entries(cells)) {
    if (cell.known) values[path] = cell.value;
    else reasons[path] = cell.reason;
  }
  return { at, values, absent: reasons };
};

const sideCells = (readings: MetricReadings, side: "green" | "blue", at: EpochMs): Readonly<Record<string, Cell>> => ({
  [`${side}.requests`]: cellOf(readings, side, "requests", at),
  [`${side}.errors5xx`]: countOf(readings, side, "errors5xx", at),
  [`${side}.connectionErrors`]: countOf(readings, side, "connectionErrors", at),
  [`${side}.unanswered`]: unanswered(readings, side, at),
});

const cellOf = (readings: MetricReadings, of: Of, metric: MetricSeries["metric"], at: EpochMs): Cell => {
  const series = readings.series.find((one) => one.of === of && one.metric === metric);
  if (series === undefined) {
    const missing = readings.missing.find((one) => one.what === `${of}.${metric}`);
    return absent(missing?.reason ?? `${of}.${metric} was not answered`);
  }
  const datum = series.minutes.find((minute) => minute.at === at);
  return datum === undefined ? absent(NO_DATAPOINT) : value(datum.value);
};

/**
 * Error counts are published only where they are not zero, so silence is 0, but only beside a request count of the
 * same minute: without one, "no errors", "no traffic" and "not published yet" look the same.
 */
const countOf = (readings: MetricReadings, of: Of, metric: MetricSeries["metric"], at: EpochMs): Cell => {
  const cell = cellOf(readings, of, metric, at);
  if (cell.known || cell.reason !== NO_DATAPOINT) return cell;
  return cellOf(readings, of, "requests", at).known
    ? value(0)
    : absent("no requests in that minute to count errors among");
};

/** Requests that a target was chosen for and that no target answered: connections refused, time-outs. */
const unanswered = (readings: MetricReadings, side: "green" | "blue", at: EpochMs): Cell => {
  const requests = cellOf(readings, side, "requests", at);
  const answered = countOf(readings, side, "answered", at);
  if (!requests.known) return requests.reason === NO_DATAPOINT ? absent("no requests in that minute") : requests;
  return answered.known ? value(Math.max(0, requests.value - answered.value)) : answered;
};

/** By requests, not by weights: with stickiness a weight moves only new clients. */
const greenShare = (readings: MetricReadings, at: EpochMs): Cell => {
  const [green, blue] = (["green", "blue"] as const).map((side) => cellOf(readings, side, "requests", at));
  const count = (cell: Cell | undefined): number | null => {
    if (cell === undefined) return null;
    return cell.known ? cell.value : cell.reason === NO_DATAPOINT ? 0 : null;
  };
  const [greens, blues] = [count(green), count(blue)];
  if (greens === null || blues === null) return absent("requests of a side were not answered");
  return greens + blues === 0 ? absent("no requests in that minute") : value((100 * greens) / (greens + blues));
};
