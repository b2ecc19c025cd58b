import type { TargetGroupsPort } from "../../src/actuation/target-groups-port.ts";
import { ok, outsideFailure } from "../../src/kernel/result.ts";
import { durationMs, type EpochMs, earlier, later, MINUTE_MS } from "../../src/kernel/units.ts";
import type { CutoverBindings, Side } from "../../src/signals/bindings.ts";
import { known, type Observation, type SignalValue, unknown } from "../../src/signals/observation.ts";
import type {
  AlarmReading,
  AlarmsPort,
  DrainPort,
  HostsPort,
  MetricSeries,
  MetricsPort,
  P99Datum,
  StreamsPort,
} from "../../src/signals/ports.ts";
import type { FakeRules } from "./fake-rules.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What the users, the hosts and the streams are really like; a spec changes this and nothing else. */
export interface Truth {
  requestsPerMinute: number;
  /** Share of what green answers that is a 5XX. */
  greenErrorRatio: number;
  greenP99Ms: number;
  healthy: Record<Side, number>;
  /** Stream signals that are not as they should be; null: cannot be read. */
  readonly streams: Map<string, SignalValue | null>;
  readonly firing: Set<string>;
  /** Target groups that keep their clients by themselves. */
  readonly stickyGroups: Set<string>;
  metricsFail: boolean;
  hostsFail: boolean;
  alarmsFail: boolean;
  openTransactions: number;
  drains: boolean;
}

export const healthyTruth = (): Truth => ({
  requestsPerMinute: 14_400,
  greenErrorRatio: 0,
  greenP99Ms: 120,
  healthy: { blue: 4, green: 4 },
  streams: new Map(),
  firing: new Set(),
  stickyGroups: new Set(),
  metricsFail: false,
  hostsFail: false,
  alarmsFail: false,
  openTransactions: 0,
  drains: true,
});

const STREAM_DEFAULTS: Readonly<Record<string, SignalValue>> = {
  state: "RUNNING",
  tasksRunning: 2,
  tasksExpected: 2,
  lagRecords: 0,
  unknownPartitions: 0,
  lagSeconds: 0.4,
  drained: true,
  stalled: false,
  dataGap: false,
  strayRows: 0,
  deadLetters: 0,
  slotActive: true,
  slotRetainedBytes: 4_096,
  slotSafeBytes: 1e9,
};

const STREAM_SIGNALS: Readonly<Record<string, SignalValue>> = {
  ...Object.fromEntries(
    ["forward", "reverse"].flatMap((name) =>
      Object.entries(STREAM_DEFAULTS).map(([signal, value]) => [`${name}.${signal}`, value]),
    ),
  ),
  "conflicts.total": 0,
  "sequences.headroomSeconds": 1e9,
};

const CALL_MS = 30;

export const fakeStreams = (clock: VirtualClock, truth: Truth): StreamsPort => ({
  read: async () => {
    clock.spend(CALL_MS);
    const at = clock.now();
    const readings = { ...STREAM_SIGNALS, ...Object.fromEntries(truth.streams) };
    return Object.fromEntries(
      Object.entries(readings).map(([path, value]): [string, Observation] => [
        path,
        value === null ? unknown("cannot be read", at) : known(value, at),
      ]),
    );
  },
});

export const fakeHosts = (clock: VirtualClock, cutover: CutoverBindings, truth: Truth): HostsPort => ({
  read: async () => {
    clock.spend(CALL_MS);
    if (truth.hostsFail) return outsideFailure("throttled", "DescribeTargetHealth: Rate exceeded");
    return ok(
      cutover.routes.flatMap((route) =>
        (["blue", "green"] as const).map((side) => ({
          side,
          targetGroupArn: route[side],
          healthy: truth.healthy[side],
          unhealthy: Math.max(0, 4 - truth.healthy[side]),
        })),
      ),
    );
  },
});

export const fakeTargetGroups = (truth: Truth): TargetGroupsPort => ({
  readSettings: async (arns) =>
    ok(arns.map((targetGroupArn) => ({ targetGroupArn, sticky: truth.stickyGroups.has(targetGroupArn) }))),
});

export const fakeAlarms = (clock: VirtualClock, truth: Truth): AlarmsPort => ({
  read: async (arns) => {
    clock.spend(CALL_MS);
    if (truth.alarmsFail) return outsideFailure("timed-out", "DescribeAlarms: no answer");
    return ok(
      arns.map(
        (arn): AlarmReading => ({
          arn,
          state: truth.firing.has(arn) ? "ALARM" : "OK",
          stateChangedAt: clock.now(),
          actionsEnabled: true,
          actions: ["arn:aws:lambda:us-east-1:000000000000:function:pawl-rollback"],
        }),
      ),
    );
  },
});

export const fakeDrain = (clock: VirtualClock, truth: Truth): DrainPort => ({
  prove: async (_cutover, direction) => {
    const since = clock.now();
    clock.spend(CALL_MS);
    if (!truth.drains)
      return { ok: false, failure: { kind: "not-yet", message: "the slot has not confirmed the token" } };
    const provenAt = clock.now();
    return ok({ direction, since, provenAt, token: "t1", walPosition: "0/1C00", topicEnds: {} });
  },
  openTransactions: async () => ok(truth.openTransactions),
});

/** Counts that follow from the rules that were in force and from what green is like, minute by minute. */
export const fakeMetrics = (clock: VirtualClock, rules: FakeRules, truth: Truth): MetricsPort => {
  const ratios = new Map<EpochMs, { readonly errors: number; readonly p99: number }>();
  const greenAt = (minute: EpochMs) => rules.greenPercentAt(later(minute, 30_000));
  return {
    read: async (_cutover, tick) => {
      clock.spend(CALL_MS);
      if (truth.metricsFail) return outsideFailure("timed-out", "GetMetricData: no answer");
      const minutes = Array.from({ length: 10 }, (_, index) => earlier(tick, (10 - index) * MINUTE_MS));
      // What green was like is fixed when its minute is first asked for: history does not change afterwards.
      for (const at of minutes)
        if (!ratios.has(at)) ratios.set(at, { errors: truth.greenErrorRatio, p99: truth.greenP99Ms });
      const requests = (of: "green" | "blue" | "lb", at: EpochMs): number => {
        const green = Math.round((truth.requestsPerMinute * greenAt(at)) / 100);
        if (of === "lb") return truth.requestsPerMinute;
        return of === "green" ? green : truth.requestsPerMinute - green;
      };
      const errors = (of: "green" | "blue" | "lb", at: EpochMs): number =>
        of === "green" ? Math.round(requests("green", at) * (ratios.get(at)?.errors ?? 0)) : 0;
      const series = (of: MetricSeries["of"], metric: MetricSeries["metric"]): MetricSeries => ({
        of,
        metric,
        // As CloudWatch does: nothing where nothing happened.
        minutes: minutes
          .map((at) => ({
            at,
            value: metric === "errors5xx" ? errors(of, at) : metric === "connectionErrors" ? 0 : requests(of, at),
          }))
          .filter(({ value }) => value > 0),
      });
      const p99 = (of: Side, use: P99Datum["use"]): P99Datum => {
        const to = use === "gates" ? earlier(tick, 2 * MINUTE_MS) : tick;
        const from = earlier(to, durationMs(3 * MINUTE_MS));
        const worst = Math.max(
          ...minutes
            .filter((at) => at >= from && at < to && requests(of, at) > 0)
            .map((at) => (of === "green" ? (ratios.get(at)?.p99 ?? 0) : 110)),
        );
        return { of, use, from, to, p99Ms: Number.isFinite(worst) ? worst : null };
      };
      return ok({
        readAt: clock.now(),
        series: [
          ...(["green", "blue"] as const).flatMap((of) => [
            series(of, "requests"),
            series(of, "errors5xx"),
            series(of, "connectionErrors"),
            series(of, "answered"),
          ]),
          series("lb", "requests"),
          series("lb", "errors5xx"),
        ],
        p99: (["green", "blue"] as const).flatMap((of) => [p99(of, "gates"), p99(of, "rollback")]),
        missing: [],
      });
    },
  };
};
