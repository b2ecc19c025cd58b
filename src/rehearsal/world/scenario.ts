import type { AlarmSeverity, Direction, Side } from "../../signals/bindings.ts";
import type { SignalPath } from "../../signals/catalogue.ts";
import type { Distribution } from "./distribution.ts";

/** From `fromMs` on, and before `toMs` (Infinity: for good). Milliseconds since the cutover was armed. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one side is like at one time. Rates are shares of its requests, 0 to 1. */
export interface SideTraits {
  /** Answered with a 5XX. */
  readonly errorRate: number;
  /** Variance of a minute's errors over their mean: 1 where they are independent, more where they come in clumps. */
  readonly burstiness: number;
  readonly p99Ms: number;
  /** Not answered at all: connection refused. The load balancer answers these itself, with a 5XX of its own. */
  readonly refusedRate: number;
}

export interface SideModel extends SideTraits {
  /** Where several apply at once, the last one listed says. */
  readonly changes: readonly (Span & { readonly traits: Partial<SideTraits> })[];
}

/** An alarm on green's share of 5XX, as CloudWatch would evaluate it. */
export interface AlarmModel {
  readonly severity: AlarmSeverity;
  /** In ALARM while each of the last minutes had a larger share of errors than this. */
  readonly errorRate: number;
  readonly minutes: number;
}

/** What a simulated world is like, with every default put in. Plain data. */
export interface Scenario {
  /** Hour of the day at which it is armed, UTC. */
  readonly startHour: number;
  readonly horizonMs: number;
  readonly traffic: {
    readonly requestsPerMinute: number;
    /** The mean at the peak is 1 + amplitude times the day's. */
    readonly daily: { readonly amplitude: number; readonly peakHour: number };
  };
  readonly blue: SideModel;
  readonly green: SideModel;
  /** What makes green bad: more than either, or no healthy host. */
  readonly bad: { readonly errorRate: number; readonly p99Ms: number };
  readonly cdc: {
    readonly lagSeconds: Distribution;
    readonly lagRecords: Distribution;
    readonly stalls: readonly (Span & { readonly streams: readonly Direction[] })[];
  };
  readonly telemetry: {
    /** From the end of a minute until all of its counts are there; until then a growing part of them is. */
    readonly delayMs: number;
    /** Share of readings that are lost. */
    readonly dropRate: number;
    readonly outages: readonly (Span & { readonly signals: readonly SignalPath[] })[];
  };
  readonly hosts: Readonly<Record<Side, number>> & {
    readonly changes: readonly (Span & Readonly<Partial<Record<Side, number>>>)[];
  };
  readonly alarms: readonly AlarmModel[];
  /** Soak time after which somebody approves the decommission, and renews it before it is too old; null: nobody does. */
  readonly approvesAfterMs: number | null;
}
