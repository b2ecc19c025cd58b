import type { JsonValue } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";
import type { Adopted } from "./adoption.ts";
import type {
  Adoption,
  Blocking,
  Intent,
  LatchCause,
  OperatorRequest,
  Permit,
  RollbackDrill,
  RollbackSafety,
  Settled,
  Soak,
  StoppedAct,
  Told,
  WithoutPin,
} from "./state.ts";

/** What a judged tick leaves behind, whatever it decided. */
export interface Judged {
  readonly tick: EpochMs;
  readonly blocking: readonly Blocking[];
  readonly blindSince: EpochMs | null;
  readonly unprovenSince: EpochMs | null;
  readonly safety: RollbackSafety;
  readonly soak?: Soak;
  readonly permit?: Permit;
  /** The accumulators with this tick's final minutes; as they were where it is left out. */
  readonly evidence?: EvidenceState;
}

export type CutoverEvent =
  | ({ readonly kind: "judged" } & Judged)
  | { readonly kind: "intentAnnounced"; readonly intent: Intent }
  | { readonly kind: "weightCommitted"; readonly step: number; readonly at: EpochMs; readonly last: boolean }
  | { readonly kind: "intentCleared" }
  /** The load balancer has said no for certain; since when it does is kept, so that it is not told of every minute. */
  | { readonly kind: "stepRefused"; readonly refused: Blocking }
  | { readonly kind: "pinLowered"; readonly at: EpochMs }
  | { readonly kind: "latchHeld" }
  /** What going back is expected to cost, by the readings of the tick that latched. */
  | { readonly kind: "latchMeasured"; readonly expected: RollbackSafety }
  | { readonly kind: "latchReleased"; readonly cause?: LatchCause; readonly expected: RollbackSafety }
  | {
      readonly kind: "latchVerified";
      readonly at: EpochMs;
      readonly pinAnsweredAt: EpochMs;
      readonly reasserted: boolean;
    }
  | { readonly kind: "latchUnverified"; readonly told: Told }
  /** Somebody, or another alarm, wants back what only a rehearsal had sent there. */
  | { readonly kind: "rolledBackInEarnest"; readonly cause: LatchCause }
  | { readonly kind: "settled"; readonly settled: Settled }
  /** Somebody gave green traffic after it was verified: what had settled is open again. */
  | { readonly kind: "greenAgain"; readonly at: EpochMs }
  | { readonly kind: "requested"; readonly request: OperatorRequest }
  /** `refusal`: why it is not carried out; null: it is. */
  | {
      readonly kind: "requestTaken";
      readonly at: EpochMs;
      readonly request: OperatorRequest;
      readonly refusal: string | null;
    }
  | ({ readonly kind: "policyAdopted" } & Adopted)
  | { readonly kind: "adoptionDropped"; readonly adoption: Adoption; readonly why: string }
  | { readonly kind: "drillBegan"; readonly drill: RollbackDrill }
  | { readonly kind: "drillEnded"; readonly at: EpochMs }
  | { readonly kind: "rearmed"; readonly rearm: Rearm }
  | { readonly kind: "decommissioningBegan"; readonly permit: Permit }
  | { readonly kind: "pointOfNoReturn"; readonly at: EpochMs }
  | { readonly kind: "wayBackClosed" }
  | { readonly kind: "actStopped"; readonly stopped: StoppedAct }
  | { readonly kind: "actWentOn" }
  | { readonly kind: "completed" };

/** What arming measures everything later against. */
export interface Footing {
  readonly blueHosts: number;
  readonly conflicts: number;
  /** Of each weighted rule, by its ARN. */
  readonly shapes: Readonly<Record<string, string>>;
  readonly otherActions: Readonly<Record<string, readonly JsonValue[]>>;
  readonly safety: RollbackSafety;
  readonly withoutPin?: WithoutPin;
}

/** What a new epoch starts from. */
export interface Rearm extends Footing {
  readonly at: EpochMs;
  readonly by: string;
  readonly policyDigest: string;
  readonly whenNotLossless: "snap" | "hold";
  readonly drill: boolean;
  /** The pin is still up; lowering it is announced in the write that takes the latch away. Absent where there is none. */
  readonly intent?: Intent;
}
