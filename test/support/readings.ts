import { type EpochMs, epochMs } from "../../src/kernel/units.ts";
import type { MetricReadings, MetricSeries } from "../../src/signals/ports.ts";

/** An instant by its minute and second; minute 30 is the tick being judged. */
export const at = (minute: number, seconds = 0): EpochMs =>
  epochMs(1_795_316_400_000 + minute * 60_000 + seconds * 1_000);

export const T = at(30);

/** What CloudWatch has of one metric, by minute. */
export const series = (
  of: MetricSeries["of"],
  metric: MetricSeries["metric"],
  values: Record<number, number>,
): MetricSeries => ({
  of,
  metric,
  minutes: Object.entries(values).map(([minute, value]) => ({ at: at(Number(minute)), value })),
});

export const metrics = (
  all: readonly MetricSeries[],
  missing: MetricReadings["missing"] = [],
  p99: MetricReadings["p99"] = [],
): MetricReadings => ({ readAt: at(30, 2), series: all, p99, missing });
