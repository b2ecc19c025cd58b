import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { DurationMs, EpochMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction, Side } from "./bindings.ts";
import type { Observations } from "./observation.ts";

export interface MetricSeries {
  readonly of: Side | "lb";
  readonly metric: "requests" | "errors5xx" | "connectionErrors" | "answered";
  /**
   * Start of the minute → sum over the side's target groups. A minute that CloudWatch did not report is absent here:
   * what absence means is decided in `snapshot`, not in the adapter.
   */
  readonly minutes: readonly { readonly at: EpochMs; readonly value: number }[];
}

/** One p99 over three whole minutes. How many requests it speaks for tells only the snapshot, which counts them. */
export interface P99Datum {
  readonly of: Side;
  readonly use: "gates" | "rollback";
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Milliseconds; null where CloudWatch has no datum. The worst of the side's target groups: percentiles do not merge. */
  readonly p99Ms: number | null;
}

export interface MetricReadings {
  readonly readAt: EpochMs;
  /** Only series whose result was `Complete` on every page; the others are named in `missing`. */
  readonly series: readonly MetricSeries[];
  readonly p99: readonly P99Datum[];
  readonly missing: readonly { readonly what: string; readonly reason: string }[];
}

export interface MetricsPort {
  /**
   * Reads the minutes [T−10, T) of every metric, and one p99 per side over [T−5, T−2) and over [T−3, T).
   *
   * - Source: `GetMetricData`, `ScanBy` ascending, every page followed; no `Unit` (a wrong one answers nothing).
   * - Freshness: as of the call. The newest minute may be partial.
   * - Effects: none. Safe to repeat. Three attempts at most of each request, all within `timeoutMs`.
   * - Errors: returned. A result that is not `Complete` is listed in `missing`, never read as zero.
   */
  read(cutover: CutoverBindings, tick: EpochMs, timeoutMs: DurationMs): Promise<Result<MetricReadings, OutsideFailure>>;
}

export interface TargetHealth {
  readonly side: Side;
  readonly targetGroupArn: string;
  readonly healthy: number;
  /** Registered and anything but healthy (initial, draining and unused included). */
  readonly unhealthy: number;
}

export interface HostsPort {
  /** Hosts by target group, as `DescribeTargetHealth` says now. Effects: none. */
  read(cutover: CutoverBindings, timeoutMs: DurationMs): Promise<Result<readonly TargetHealth[], OutsideFailure>>;
}

export interface AlarmReading {
  readonly arn: string;
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly stateChangedAt: EpochMs;
  readonly actionsEnabled: boolean;
  readonly actions: readonly string[];
  /** Of a composite alarm: the alarm that suppresses its actions while it is in ALARM itself. */
  readonly suppressor?: string;
  /** Why CloudWatch cannot evaluate it fully, e.g. `EVALUATION_ERROR`: its state may be old. */
  readonly impaired?: string;
}

export interface AlarmsPort {
  /** State of every alarm of the cutover by `DescribeAlarms`. An ARN that CloudWatch does not know is absent from the list. */
  read(arns: readonly string[], timeoutMs: DurationMs): Promise<Result<readonly AlarmReading[], OutsideFailure>>;
}

export interface AlarmMutesPort {
  /** The mute rules in force now, by the alarms that they silence, as `ListAlarmMuteRules` says. Effects: none. */
  read(
    arns: readonly string[],
    timeoutMs: DurationMs,
  ): Promise<Result<readonly { readonly arn: string; readonly rule: string }[], OutsideFailure>>;
}

export interface AlarmSetPort {
  /**
   * Puts an alarm into a state by `SetAlarmState`: its actions and events follow as if it had come to that by itself, and
   * its next evaluation takes it back. Only for rehearsals. Up to three attempts within `timeoutMs`: repeating
   * it is harmless.
   */
  set(arn: string, state: "OK" | "ALARM", reason: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
}

/** What only something inside the VPC can see: lag, connectors, tokens, slots, conflicts, sequences. */
export interface StreamsPort {
  /**
   * Reads every `forward.*`, `reverse.*`, `conflicts.*` and `sequences.*` signal, one observation each.
   *
   * - Source: Kafka (committed offsets first, then ends), Connect's REST interface, both databases.
   * - Freshness: each observation carries its own `readAt`; nothing is cached.
   * - Errors: none are thrown for trouble outside: what could not be read is an unknown with its reason.
   */
  read(cutover: CutoverBindings, timeoutMs: DurationMs): Promise<Observations>;
}

/** Evidence that everything written on one side before `since` has been applied on the other. */
export interface DrainProof {
  readonly direction: Direction;
  /** The instant before which everything is now applied; the token was written at or after it. */
  readonly since: EpochMs;
  readonly provenAt: EpochMs;
  readonly token: string;
  readonly walPosition: string;
  readonly topicEnds: Readonly<Record<string, string>>;
}

export interface DrainFailure {
  readonly kind: "not-yet" | "impossible" | "unreachable";
  /** What it still waits for, e.g. "slot blue_to_green_sync has confirmed 0/1A2B, token is at 0/1C00". */
  readonly message: string;
}

export interface DrainPort {
  /** Token and WAL position → slot confirmed past it → ends of every partition → committed past them → token read there. */
  prove(
    cutover: CutoverBindings,
    direction: Direction,
    timeoutMs: DurationMs,
  ): Promise<Result<DrainProof, DrainFailure>>;
  /** Application transactions (never pawl's or the sync role's) on a side that began longer ago than `olderThanMs`. */
  openTransactions(side: Side, olderThanMs: DurationMs): Promise<Result<number, OutsideFailure>>;
}
