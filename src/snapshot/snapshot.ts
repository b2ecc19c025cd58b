import type { EpochMs } from "../kernel/units.ts";
import type { CutoverId } from "../signals/bindings.ts";
import type { Observations, SignalValue } from "../signals/observation.ts";
import type { Accumulated } from "./evidence-state.ts";

/** The metric values of one minute, by signal path; a path in `absent` has no value and says why. */
export interface MinuteReadings {
  /** Start of the minute. */
  readonly at: EpochMs;
  readonly values: Readonly<Record<string, number>>;
  readonly absent: Readonly<Record<string, string>>;
}

/**
 * What one tick saw, immutable and self-contained. A second run of the same tick judges the stored one, so that
 * two runs of T can never decide differently.
 */
export interface Snapshot {
  readonly cutover: CutoverId;
  readonly epoch: number;
  /** The scheduled minute T. */
  readonly tick: EpochMs;
  readonly takenAt: EpochMs;
  /** Hosts, rules, alarms, streams, conflicts, sequences: as read now, each with its own `readAt`. */
  readonly instants: Observations;
  /** [T−10, T), as read now, `Complete` only, oldest first. */
  readonly minutes: readonly MinuteReadings[];
  /** `green.p99Ms` and `blue.p99Ms` over [T−5, T−2). */
  readonly p99ForGates: Observations;
  /** The same over [T−3, T). */
  readonly p99ForRollback: Observations;
}

/**
 * Nested as JSON-logic paths read it: `{green: {requests: 12}, forward: {state: "RUNNING"}}`.
 * A signal with no value is left out here and explained in `absent`.
 */
export interface Readings {
  readonly values: { readonly [group: string]: { readonly [name: string]: SignalValue } };
  /** Signal path → why there is no value ("stale: read 140 s ago, at most 90 s", "no requests in that minute", …). */
  readonly absent: Readonly<Record<string, string>>;
  /**
   * Signal path → seconds from the reading of its newest value (of a minute: from its end) to the tick T. In a cutover
   * that is the value here; a window that somebody wrote down may hold an older one. Without it `age` is unknown.
   */
  readonly ageSeconds?: Readonly<Record<string, number>>;
}

/** What one judging looks at. Built by `snapshot` for gates, for rollback rules, and for one minute of the soak. */
export interface Evidence {
  /** T − 2 min for gates, T for rollback rules. A window `w` holds the minutes with `now − w ≤ at` and `at + 1 min ≤ now`. */
  readonly now: EpochMs;
  /** What a bare `var` reads: the newest instants and p99, and of the metrics the newest minute that ended by `now`. */
  readonly current: Readings;
  /** Oldest first, at most one row a minute; a minute that was not observed or may not be used has no row. */
  readonly minutes: readonly { readonly at: EpochMs; readonly readings: Readings }[];
  /**
   * What the cutover's state has accumulated, this tick's final minutes included. Without it all of `minutes` belong to
   * one step and one soak, as in `policy eval`.
   */
  readonly accumulated?: Accumulated;
}
