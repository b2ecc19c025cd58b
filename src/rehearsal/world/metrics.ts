import { ok } from "../../kernel/result.ts";
import { durationMs, type EpochMs, earlier, MINUTE_MS } from "../../kernel/units.ts";
import type { Side } from "../../signals/bindings.ts";
import type { MetricReadings, MetricSeries, MetricsPort, P99Datum } from "../../signals/ports.ts";
import { GATE_DELAY_MS, P99_MINUTES, SNAPSHOT_MINUTES } from "../../snapshot/freshness.ts";
import type { Sight } from "./sight.ts";
import type { MinuteCounts, SideCounts } from "./traffic.ts";

const SIDES = ["green", "blue"] as const;
const METRICS = ["requests", "errors5xx", "connectionErrors", "answered"] as const;
type Metric = MetricSeries["metric"];

const countOf = (counts: SideCounts, metric: Metric): number => {
  switch (metric) {
    case "requests":
      return counts.requests;
    case "errors5xx":
      return counts.errors5xx;
    case "connectionErrors":
      return counts.refused;
    case "answered":
      return counts.requests - counts.refused;
  }
};

/** A minute that has ended, with what CloudWatch will ever have of it. */
export interface EndedMinute {
  readonly at: EpochMs;
  readonly counts: MinuteCounts;
  /** Whose counts were lost on their way. */
  readonly lost: Readonly<Record<Side | "lb", boolean>>;
}

/** Signals that are computed from a series; whoever cannot see them cannot see it. */
const signalsOf = (of: MetricSeries["of"], metric: Metric): readonly string[] => {
  if (metric === "answered") return [`${of}.unanswered`];
  return metric === "requests" && of !== "lb" ? [`${of}.requests`, "traffic.greenPercent"] : [`${of}.${metric}`];
};

/** What can be seen of a minute now. */
interface SeenMinute extends EndedMinute {
  /** Share of its counts that is there already. */
  readonly seen: number;
}

/**
 * CloudWatch over the minutes that have ended. The newest are only partly there: a minute's counts come in evenly from
 * its start until `delayMs` after its end. Nothing is there where nothing was counted. `minuteAt` is null for a minute
 * that has not ended.
 */
export const simulatedMetrics = (
  sight: Sight,
  delayMs: number,
  minuteAt: (at: EpochMs) => EndedMinute | null,
): MetricsPort => {
  const seenAt = (tick: EpochMs): readonly SeenMinute[] => {
    const minutes: SeenMinute[] = [];
    for (let back = SNAPSHOT_MINUTES; back > 0; back -= 1) {
      const minute = minuteAt(earlier(tick, back * MINUTE_MS));
      if (minute === null) continue;
      const { at, counts, lost } = minute;
      minutes.push({ at, counts, lost, seen: Math.min(1, (sight.now() - at) / (MINUTE_MS + delayMs)) });
    }
    return minutes;
  };
  const read = (tick: EpochMs): MetricReadings => {
    const minutes = seenAt(tick);
    const series: MetricSeries[] = [];
    const missing: { readonly what: string; readonly reason: string }[] = [];
    const put = (of: MetricSeries["of"], metric: Metric, value: (minute: MinuteCounts) => number) => {
      const reason = sight.outageOf(signalsOf(of, metric));
      if (reason !== null) missing.push({ what: `${of}.${metric}`, reason });
      else series.push({ of, metric, minutes: datumsOf(minutes, of, value) });
    };
    for (const side of SIDES)
      for (const metric of METRICS) put(side, metric, (counts) => countOf(counts[side], metric));
    put("lb", "requests", ({ green, blue }) => green.requests + blue.requests);
    put("lb", "errors5xx", ({ green, blue }) => green.refused + blue.refused);
    const p99 = SIDES.filter((side) => sight.outageOf([`${side}.p99Ms`]) === null).flatMap((side) => [
      p99Of(minutes, side, "gates", tick),
      p99Of(minutes, side, "rollback", tick),
    ]);
    return { readAt: sight.now(), series, p99, missing };
  };
  return { read: async (_cutover, tick) => ok(read(tick)) };
};

const datumsOf = (
  minutes: readonly SeenMinute[],
  of: MetricSeries["of"],
  value: (minute: MinuteCounts) => number,
): MetricSeries["minutes"] => {
  const datums: { readonly at: EpochMs; readonly value: number }[] = [];
  for (const { at, counts, lost, seen } of minutes) {
    const count = lost[of] ? 0 : Math.floor(value(counts) * seen);
    if (count > 0) datums.push({ at, value: count });
  }
  return datums;
};

/** The worst of its minutes: where one of three is slow, a third of the requests is, and the p99 of all is theirs. */
const p99Of = (minutes: readonly SeenMinute[], of: Side, use: P99Datum["use"], tick: EpochMs): P99Datum => {
  const to = use === "gates" ? earlier(tick, GATE_DELAY_MS) : tick;
  const from = earlier(to, durationMs(P99_MINUTES * MINUTE_MS));
  let worst = 0;
  for (const { at, counts, lost } of minutes)
    if (at >= from && at < to && !lost[of] && counts[of].requests > 0) worst = Math.max(worst, counts[of].p99Ms);
  return { of, use, from, to, p99Ms: worst > 0 ? worst : null };
};
