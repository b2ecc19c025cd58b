import type { EpochMs, WeightPercent } from "../kernel/units.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { Judgement } from "../policy/verdict.ts";
import type { AlarmSeverity } from "../signals/bindings.ts";
import type { TrafficReading } from "../snapshot/traffic.ts";
import type { Obstacle } from "./blocking.ts";
import type { Blocking, CutoverState, LatchCause, Permit, RollbackSafety, Soak } from "./state.ts";

/** The version of the rules by which decisions are made; a record names it, so that a replay knows what to expect. */
// Stryker disable next-line StringLiteral: any name will do that none before it had
export const ENGINE_VERSION = "9";

/** What is known at a tick besides what the policy says of the evidence. */
export interface Facts {
  readonly traffic: TrafficReading;
  /** Alarms of this cutover in ALARM, worst first. */
  readonly firing: readonly { readonly arn: string; readonly severity: AlarmSeverity }[];
  /** What a snap-back would cost now. */
  readonly safety: RollbackSafety;
  /** The soak clock with this tick's final minutes consumed; unchanged outside `soaking`. */
  readonly soak: Soak;
  /** A gate fails by minutes of this step, and not because its window still reaches back before it. */
  readonly failsForSure: boolean;
  /** What is wrong with the looking itself: a policy that cannot be read, a snapshot that could not be stored. */
  readonly trouble: readonly Obstacle[];
}

interface Common {
  /** One sentence each, for the record and for people. */
  readonly reasons: readonly string[];
  readonly blocking: readonly Blocking[];
  /** Since when a watched signal has been missing without a break; null while pawl can see. */
  readonly blindSince: EpochMs | null;
  /** Since when the step's gates have not all passed without a break; null while they do, and outside the steps. */
  readonly unprovenSince: EpochMs | null;
  /** Set where somebody has to be told now. */
  readonly page: string | null;
}

/** The next move of a cutover. Exactly one; paging is an effect of it, never a decision. */
export type Decision = Common &
  (
    | { readonly kind: "advance"; readonly step: number; readonly to: WeightPercent }
    | { readonly kind: "hold" }
    | { readonly kind: "rollback"; readonly cause: LatchCause }
    | { readonly kind: "soak"; readonly soak: Soak }
    | { readonly kind: "decommission"; readonly soak: Soak; readonly permit: Permit }
  );

export interface DecideInput {
  /** Without a latch: a latched cutover is repaired, not judged. */
  readonly state: CutoverState;
  readonly policy: Policy;
  readonly judgement: Judgement;
  readonly facts: Facts;
  readonly tick: EpochMs;
}
