/** How a run ended. `held`: latched, and traffic stays because going back would lose writes. */
export type Ending = "decommissioning" | "rolledBack" | "held" | "horizon" | "refused";

/**
 * A stretch of time at one weight, whole minutes since arming. `start` is the one before the first step; the last step is
 * left by the decommission.
 */
export interface Stay {
  readonly step: string;
  readonly from: number;
  readonly to: number;
  readonly left: "advanced" | "rolledBack" | "stayed";
}

/** How long one thing stood in the way of going on, in one step. */
export interface Held {
  readonly step: string;
  /** `gate:lag`, `dwell`, `soak`, `approval`, … */
  readonly what: string;
  readonly minutes: number;
  /** Minutes of these in which nothing else did. */
  readonly alone: number;
}

export interface RunRollback {
  /** When it latched. */
  readonly minute: number;
  /** Rules of the policy, alarms, or who asked. */
  readonly because: readonly string[];
  /** Green had not been bad in any minute until then. */
  readonly falsely: boolean;
  /** When all traffic was seen on blue; null where that did not happen before the horizon. */
  readonly verified: number | null;
}

/** What became of one simulated cutover. Plain data; times in minutes since arming. */
export interface RunOutcome {
  readonly run: number;
  readonly ending: Ending;
  /** Why it was not armed. */
  readonly refusals: readonly string[];
  readonly ticks: number;
  /** When 100 % was committed; null where it never was. */
  readonly full: number | null;
  /** Green's share from each minute on, percent. */
  readonly shares: readonly (readonly [minute: number, percent: number])[];
  readonly stays: readonly Stay[];
  readonly held: readonly Held[];
  readonly rollback: RunRollback | null;
  /** Steps up from a weight above 0 that were taken while green was bad. */
  readonly falsePromotions: number;
  /** The first minute in which green was bad and had traffic. */
  readonly exposed: number | null;
  readonly greenRequests: number;
  /** Expected failures among them beyond those that blue would have had. */
  readonly harmed: number;
  /** Messages that would have called somebody. */
  readonly pages: number;
}
