import type { SafetyLabel } from "../../src/decision/state.ts";

/** What the checker found; every count is of operations or rows, and all but `staleReads` have to be 0. */
export interface VerdictCounts {
  readonly ackedWrites: number;
  readonly ackedOnGreen: number;
  readonly lost: number;
  readonly stale: number;
  readonly duplicate: number;
  readonly resurrected: number;
  readonly ghost: number;
  readonly half: number;
  readonly unequal: number;
  readonly staleReads: number;
}

/** Story 1, as `report.json` has it. */
export interface PromotionReport extends VerdictCounts {
  /** Weights as the listener's rules showed them, in order, from 0. */
  readonly weights: readonly number[];
  readonly finalPhase: string;
  readonly slotsLeft: number;
  readonly connectorsLeft: number;
  readonly groupsLeft: number;
  readonly green5xx: number;
  readonly greenRequests: number;
  /** "4/4" */
  readonly healthyHosts: string;
}

/** Story 2. Instants are ISO 8601 on the real clock. */
export interface RollbackReport extends VerdictCounts {
  readonly cause: string;
  readonly expected: SafetyLabel;
  readonly settled: SafetyLabel;
  readonly settledAt: string;
  readonly firstBadAt: string;
  readonly alarmAt: string;
  readonly eventAt: string;
  readonly ruleChangedAt: string;
  readonly lastGreenRequestAt: string;
  readonly inFlightAtChange: number;
  readonly effectiveWeights: { readonly blue: number; readonly green: number };
}

export interface DemoReport {
  readonly promotion?: PromotionReport;
  readonly rollback?: RollbackReport;
  readonly peakMiB: number;
  /** Real seconds by phase. */
  readonly seconds: Readonly<Record<string, number>>;
}
