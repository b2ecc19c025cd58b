import type { AlarmSeverity, Side } from "../../signals/bindings.ts";
import type { SideTraits } from "../world/scenario.ts";

/** "90m" after arming, and for how long; for good where nothing is said. */
export interface WrittenSpan {
  readonly at: string;
  readonly for?: string;
}

export interface WrittenSide extends Partial<SideTraits> {
  readonly errorRate: number;
  readonly changes?: readonly (WrittenSpan & Partial<SideTraits>)[];
}

export const REPORT_PARTS = [
  "timeToFull",
  "timeInStep",
  "falseRollback",
  "falsePromotion",
  "detectionDelay",
  "requestsHarmed",
  "holdReasons",
] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

/** A scenario as it is written; `policies/schema/scenario.schema.json` says what each field means. */
export interface ScenarioFile {
  readonly name?: string;
  readonly description?: string;
  readonly policy: string;
  readonly seed?: number;
  readonly runs?: number;
  readonly horizon?: string;
  readonly startHour?: number;
  readonly traffic?: {
    readonly requestsPerMinute: number;
    readonly daily?: { readonly amplitude: number; readonly peakHour: number };
  };
  readonly blue: WrittenSide;
  readonly green: WrittenSide;
  readonly bad?: { readonly errorRate?: number; readonly p99Ms?: number };
  readonly cdc?: {
    readonly lagSeconds?: string | number;
    readonly lagRecords?: string | number;
    readonly stalls?: readonly (WrittenSpan & { readonly stream?: "forward" | "reverse" | "both" })[];
  };
  readonly telemetry?: {
    readonly delay?: string;
    readonly dropRate?: number;
    readonly outages?: readonly (WrittenSpan & { readonly metrics: readonly string[] })[];
  };
  readonly hosts?: Partial<Record<Side, number>> & {
    readonly changes?: readonly (WrittenSpan & Partial<Record<Side, number>>)[];
  };
  readonly alarms?: readonly {
    readonly errorRate: number;
    readonly for?: string;
    readonly severity?: AlarmSeverity;
  }[];
  readonly operator?: { readonly approvesAfter: string };
  readonly report?: readonly ReportPart[];
}
