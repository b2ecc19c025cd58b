import { type EpochMs, earlier, later, MINUTE_MS } from "../kernel/units.ts";
import type { Side } from "../signals/bindings.ts";
import type { MetricReadings, MetricSeries } from "../signals/ports.ts";
import { FINAL_AFTER_MS, GATE_DELAY_MS, SNAPSHOT_MINUTES } from "./freshness.ts";
import type { MinuteReadings } from "./snapshot.ts";

/** CloudWatch answered in full and has nothing for this minute: no request ended in it, or not published yet. */
export const NO_DATAPOINT = "no datapoint in that minute";

/** What one series has for each minute of the snapshot, or why it was not answered. */
type Column = readonly (number | undefined)[] | string;
type Metric = MetricSeries["metric"];
type Cell = number | { readonly reason: string };

const absent = (reason: string): Cell => ({ reason });
const NONE = absent(NO_DATAPOINT);

/** One row for each minute of [T−10, T), oldest first. */
export const minuteReadings = (readings: MetricReadings, tick: EpochMs): readonly MinuteReadings[] => {
  const first = earlier(tick, SNAPSHOT_MINUTES * MINUTE_MS);
  const column = columnsOf(readings, first);
  const [green, blue] = [sideColumns(column, "green"), sideColumns(column, "blue")];
  const lb = { requests: column("lb", "requests"), errors5xx: column("lb", "errors5xx") };
  return Array.from({ length: SNAPSHOT_MINUTES }, (_, index) => {
    const row = { at: later(first, index * MINUTE_MS), values: {}, absent: {} };
    putSide(row, "green", green, index);
    putSide(row, "blue", blue, index);
    put(row, "lb.requests", cellOf(lb.requests, index));
    put(row, "lb.errors5xx", countOf(lb.errors5xx, lb.requests, index));
    put(row, "traffic.greenPercent", greenShare(green.requests, blue.requests, index));
    return row;
  });
};

/** A row while it is put together; the cells of a hundred rows would be most of what a tick allocates. */
interface Row extends MinuteReadings {
  readonly values: Record<string, number>;
  readonly absent: Record<string, string>;
}

const put = (row: Row, path: string, cell: Cell): void => {
  if (typeof cell === "number") row.values[path] = cell;
  else row.absent[path] = cell.reason;
};

type Columns = (of: MetricSeries["of"], metric: Metric) => Column;

const columnsOf =
  ({ series, missing }: MetricReadings, first: EpochMs): Columns =>
  (of, metric) => {
    const answered = series.find((one) => one.of === of && one.metric === metric);
    if (answered === undefined)
      return missing.find(({ what }) => what === `${of}.${metric}`)?.reason ?? `${of}.${metric} was not answered`;
    const values: (number | undefined)[] = [];
    // What is of no minute of the snapshot stands where no row looks.
    for (const { at, value } of answered.minutes) values[(at - first) / MINUTE_MS] = value;
    return values;
  };

type SideColumns = Readonly<Record<Metric, Column>>;

const sideColumns = (column: Columns, side: Side): SideColumns => ({
  requests: column(side, "requests"),
  errors5xx: column(side, "errors5xx"),
  connectionErrors: column(side, "connectionErrors"),
  answered: column(side, "answered"),
});

const PATHS = {
  green: ["green.requests", "green.errors5xx", "green.connectionErrors", "green.unanswered"],
  blue: ["blue.requests", "blue.errors5xx", "blue.connectionErrors", "blue.unanswered"],
} as const;

const putSide = (row: Row, side: Side, columns: SideColumns, index: number): void => {
  const [requests, errors5xx, connectionErrors, unansweredPath] = PATHS[side];
  put(row, requests, cellOf(columns.requests, index));
  put(row, errors5xx, countOf(columns.errors5xx, columns.requests, index));
  put(row, connectionErrors, countOf(columns.connectionErrors, columns.requests, index));
  put(row, unansweredPath, unanswered(columns, index));
};

const cellOf = (column: Column, index: number): Cell =>
  typeof column === "string" ? absent(column) : (column[index] ?? NONE);

const NOTHING_COUNTED = absent("no requests in that minute to count errors among");
const NO_REQUESTS = absent("no requests in that minute");

/**
 * Error counts are published only where they are not zero, so silence is 0, but only beside a request count of the
 * same minute: without one, "no errors", "no traffic" and "not published yet" look the same.
 */
const countOf = (column: Column, requests: Column, index: number): Cell => {
  const cell = cellOf(column, index);
  if (cell !== NONE) return cell;
  return typeof cellOf(requests, index) === "number" ? 0 : NOTHING_COUNTED;
};

const STILL_COUNTING = absent("answers of that minute may not be counted yet");

/**
 * Requests that a target was chosen for and that no target answered: connections refused, time-outs.
 *
 * All other counts of a minute that is only partly there are too small. This one would be too large, for an answer that
 * is not counted yet looks like none. So it is unknown as long as gates may not look at the minute either, and where not one
 * answer is counted, until the minute is final: then nobody answered.
 */
const unanswered = (columns: SideColumns, index: number): Cell => {
  const requests = cellOf(columns.requests, index);
  if (typeof requests !== "number") return requests === NONE ? NO_REQUESTS : requests;
  const answered = cellOf(columns.answered, index);
  if (typeof answered !== "number" && answered !== NONE) return answered;
  const endedMs = (SNAPSHOT_MINUTES - 1 - index) * MINUTE_MS;
  const countedAfterMs = answered === NONE ? FINAL_AFTER_MS : GATE_DELAY_MS;
  if (requests > 0 && endedMs < countedAfterMs) return STILL_COUNTING;
  return Math.max(0, requests - (typeof answered === "number" ? answered : 0));
};

/** By requests, not by weights: with stickiness a weight moves only new clients. */
const greenShare = (green: Column, blue: Column, index: number): Cell => {
  const [greens, blues] = [cellOf(green, index), cellOf(blue, index)];
  const count = (cell: Cell): number | null => (typeof cell === "number" ? cell : cell === NONE ? 0 : null);
  const [greenCount, blueCount] = [count(greens), count(blues)];
  if (greenCount === null || blueCount === null) return absent("requests of a side were not answered");
  const total = greenCount + blueCount;
  return total === 0 ? NO_REQUESTS : (100 * greenCount) / total;
};
