import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import type {
  AlarmReading,
  AlarmsPort,
  HostsPort,
  MetricReadings,
  MetricsPort,
  P99Datum,
} from "../../../src/signals/ports.ts";
import type { Faults } from "../faults/faults.ts";
import type { Alarms } from "./alarms.ts";
import { type EndedMinute, type Minutes, SERIES } from "./minutes.ts";
import type { Run } from "./run.ts";
import type { Truth } from "./truth.ts";

const CALL_MS = 30;
const LOOKBACK = 10;

export interface Watch {
  portsOf(run: Run): { readonly metrics: MetricsPort; readonly hosts: HostsPort; readonly alarms: AlarmsPort };
}

export interface WatchSettings {
  readonly cutover: CutoverBindings;
  readonly time: { now(): number };
  readonly faults: Faults;
  readonly minutes: Minutes;
  readonly truth: Truth;
  readonly alarms: Alarms;
}

/** What is shown of one series of a minute now; a revised minute shows three quarters until it is put right. */
const shown = (minute: EndedMinute, series: number, now: number, partial: number) => {
  const datum = minute.data[series] ?? null;
  if (datum === null || minute.missing?.has(series) === true) return null;
  if (minute.lateUntil > now && minute.lateSeries?.has(series) === true) return null;
  const factor = minute.revisedAt > now ? 0.75 * partial : partial;
  if (factor === 1) return datum;
  const value = Math.floor(datum.value * factor);
  return value > 0 ? { at: datum.at, value } : null;
};

/** CloudWatch, DescribeTargetHealth and DescribeAlarms as one run sees them. */
export const watch = ({ cutover, time, faults, minutes, truth, alarms }: WatchSettings): Watch => {
  const read = (run: Run, tick: EpochMs): MetricReadings => {
    const now = time.now();
    const partial = faults.strikes("metrics-partial", now) ? 0.3 + faults.dice("metrics-partial").below(60) / 100 : 1;
    const ended: EndedMinute[] = [];
    for (let back = LOOKBACK; back > 0; back -= 1) {
      const minute = minutes.at(tick - back * MINUTE_MS);
      if (minute !== null) ended.push(minute);
    }
    const series = SERIES.map(([of, metric], index) => {
      const data: { readonly at: EpochMs; readonly value: number }[] = [];
      for (const minute of ended) {
        const newest = minute.at + MINUTE_MS >= tick;
        const datum = shown(minute, index, now, newest ? partial : 1);
        if (datum !== null) data.push(datum);
      }
      return { of, metric, minutes: data };
    });
    const readAt = epochMs(run.now());
    return { readAt, series, p99: p99Of(ended, tick), missing: [] };
  };

  return {
    portsOf: (run) => ({
      metrics: {
        read: async (_cutover, tick, timeoutMs) => {
          if (faults.strikes("metrics-unreadable", time.now()))
            return run.call(timeoutMs, () => outsideFailure("timed-out", "GetMetricData: no answer"));
          return run.call(CALL_MS, () => {
            run.served.metrics = read(run, tick);
            return ok(run.served.metrics);
          });
        },
      },
      hosts: {
        read: async () => {
          if (faults.strikes("hosts-unreadable", time.now()))
            return run.call(CALL_MS, () => outsideFailure("throttled", "DescribeTargetHealth: Rate exceeded"));
          return run.call(CALL_MS, () => {
            const health = (side: "blue" | "green") => {
              const healthy = truth.hosts(side, time.now());
              return { side, healthy, unhealthy: 4 - healthy };
            };
            // Two routes of one cutover share their hosts; each host is counted once.
            const [route] = cutover.routes;
            const groups = (["blue", "green"] as const).map((side) => ({
              ...health(side),
              targetGroupArn: route?.[side] ?? "",
            }));
            run.served.hosts = groups;
            return ok(groups);
          });
        },
      },
      alarms: {
        read: async (arns, timeoutMs) => {
          if (faults.strikes("alarms-unreadable", time.now()))
            return run.call(timeoutMs, () => outsideFailure("timed-out", "DescribeAlarms: no answer"));
          return run.call(CALL_MS, () => {
            const readings: readonly AlarmReading[] = alarms.readings(arns);
            run.served.alarms = readings;
            return ok(readings);
          });
        },
      },
    }),
  };
};

const p99Of = (ended: readonly EndedMinute[], tick: number): readonly P99Datum[] => {
  const worst = (of: "green" | "blue", from: number, to: number): number | null => {
    let slowest: number | null = null;
    for (const minute of ended) {
      const p99Ms = of === "green" ? minute.greenP99Ms : minute.blueP99Ms;
      if (minute.at >= from && minute.at < to && p99Ms !== null) slowest = Math.max(slowest ?? 0, p99Ms);
    }
    return slowest;
  };
  return (["green", "blue"] as const).flatMap((of) =>
    (["gates", "rollback"] as const).map((use) => {
      const to = epochMs(use === "gates" ? tick - 2 * MINUTE_MS : tick);
      const from = epochMs(to - 3 * MINUTE_MS);
      return { of, use, from, to, p99Ms: worst(of, from, to) };
    }),
  );
};
