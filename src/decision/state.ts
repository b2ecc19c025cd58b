import type { JsonValue } from "../kernel/json.ts";
import type { DurationMs, EpochMs, WeightPercent } from "../kernel/units.ts";
import type { AlarmSeverity, CutoverId } from "../signals/bindings.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";
import type { LedgerRecord } from "./record.ts";

/** In the order in which a cutover that never goes back has them. */
export const PHASES = ["armed", "shifting", "soaking", "decommissioning", "complete", "rolledBack"] as const;
export type Phase = (typeof PHASES)[number];
export type WayBack = "open" | "restorable" | "closed";
/** What a snap-back is expected to cost: nothing; what the last seconds held; rows that never arrived; nobody can say. */
export type SafetyLabel = "lossless" | "bounded" | "lossy" | "unknown";

export interface RollbackSafety {
  readonly label: SafetyLabel;
  /** Age of reverse's newest applied token, in seconds of one database's clock; null where it cannot be read. */
  readonly seconds: number | null;
  readonly reasons: readonly string[];
  readonly at: EpochMs;
}

/** A change of the load balancer that was announced before it was asked for. Nothing but settling ends it. */
export interface Intent {
  readonly kind: "setWeight" | "lowerPin";
  readonly epoch: number;
  readonly to: WeightPercent;
  readonly intentAt: EpochMs;
  /** No later than this can the request leave: at or after the invocation's hard time-out, because a kill ends it and a timer does not. */
  readonly notAfter: EpochMs;
}

export type LatchCause =
  | { readonly kind: "alarm"; readonly alarmArn: string; readonly severity: AlarmSeverity; readonly alarmAt: EpochMs }
  | { readonly kind: "policy"; readonly rules: readonly string[] }
  | { readonly kind: "operator"; readonly by: string; readonly reason: string }
  | { readonly kind: "outsider"; readonly what: string };

export interface Told {
  readonly why: string;
  readonly at: EpochMs;
}

export interface Latch {
  /** `snapped`: going to or on blue. `held`: traffic stays where it is because snapping would lose writes. */
  readonly mode: "snapped" | "held";
  readonly cause: LatchCause;
  readonly at: EpochMs;
  /** The label before, from the state at the latch. */
  readonly expected: RollbackSafety;
  /** Weight recorded when it latched. */
  readonly fromPercent: WeightPercent;
  /** `notAfter` of the intent that was live at the latch: blue is asserted once more after it. */
  readonly reassertAfter?: EpochMs;
  /** This latch's own pin write was answered with success at this instant. */
  readonly pinAnsweredAt?: EpochMs;
  readonly verifiedAt?: EpochMs;
  /** Green was last seen with traffic after that: rows may be there alone, whatever was proven before. */
  readonly greenAgainAt?: EpochMs;
  /** Why it is not verified, as people were told last. */
  readonly told?: Told;
  /** Stored with the latch, chained by the next commit. */
  readonly record: UnchainedRecord;
  /** Its number in the ledger, once a commit has chained it. */
  readonly chainedSeq?: number;
}

export type UnchainedRecord = Omit<LedgerRecord, "seq" | "previous" | "hash">;

/** What a snap-back was, proven afterwards. */
export interface Settled {
  readonly label: SafetyLabel;
  readonly at: EpochMs;
  readonly reasons: readonly string[];
}

export interface Soak {
  readonly startedAt: EpochMs | null;
  /** Healthy, observed, final time at 100 %. */
  readonly healthyMs: DurationMs;
  /** The newest minute consumed; each minute is consumed once, when final. */
  readonly lastMinute: EpochMs | null;
  readonly restarts: number;
}

/** An operator's verb, waiting for the tick that takes it. */
export interface OperatorRequest {
  readonly verb: "pause" | "resume" | "advance" | "approve" | "adopt";
  readonly by: string;
  readonly reason: string;
  readonly epoch: number;
  readonly version: number;
  readonly at: EpochMs;
  /** At most five minutes after `at`. */
  readonly expiresAt: EpochMs;
  /** Of `adopt`. */
  readonly policyDigest?: string;
  /** Of `adopt`: see Adoption. */
  readonly restartStep?: boolean;
}

/** A policy that waits to take over from the one in force. A rollback drops it. */
export interface Adoption {
  readonly policyDigest: string;
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
  /** The step under way begins again with it, dwell and evidence from zero, instead of going to its end without it. */
  readonly restartStep?: boolean;
}

export interface Approval {
  readonly by: string;
  readonly reason: string;
  readonly epoch: number;
  readonly at: EpochMs;
}

/** Leave for one stage of decommission, renewed by promote from fresh evidence. */
export interface Permit {
  readonly epoch: number;
  /** The stage: `point-of-no-return`, with what comes before it, or `teardown`. */
  readonly action: string;
  readonly notAfter: EpochMs;
}

/** An act of decommission that does not come about, as people were told last. */
export interface StoppedAct {
  readonly action: string;
  readonly why: string;
  /** When the act was begun. */
  readonly since: EpochMs;
  readonly toldAt: EpochMs;
}

/** A rehearsal of the rollback at weight 0: until it ends, or `notAfter` passes, nothing advances. */
export interface RollbackDrill {
  readonly by: string;
  readonly at: EpochMs;
  readonly alarmArn: string;
  readonly notAfter: EpochMs;
}

/** What blocked at the last tick, for `status`: since when, value against threshold, what would clear it. */
export interface Blocking {
  readonly what: string;
  readonly since: EpochMs;
  readonly value: string;
  readonly threshold: string;
  readonly clears: string;
}

/** Something to tell somebody, at least once. The id repeats only with the same transition. */
export interface OutboxEntry {
  readonly id: string;
  /** When its transition was made. */
  readonly at: EpochMs;
  readonly record?: LedgerRecord;
  readonly notification?: { readonly subject: string; readonly body: string; readonly urgency: "page" | "info" };
}

/** Said when arming where a route has no pin: what that gives up is known. */
export interface WithoutPin {
  readonly by: string;
  readonly at: EpochMs;
  /** Actions beside `forward` of each rule without a pin, by what it is written to, so that a rollback need not read them. */
  readonly otherActions: Readonly<Record<string, readonly JsonValue[]>>;
}

/** One item a cutover; every write of it bumps `version`, one conditional write a transition. */
export interface CutoverState {
  readonly cutover: CutoverId;
  readonly version: number;
  /** Of the write that made this version: a refused writer reads it to learn whether the refused write was its own. */
  readonly writeId: string;
  readonly epoch: number;
  readonly armedAt: EpochMs;
  readonly armedBy: string;
  readonly phase: Phase;
  /** Index into the policy's steps; −1 before the first. */
  readonly step: number;
  readonly weightPercent: WeightPercent;
  readonly steppedAt: EpochMs;
  /** When the weight now recorded was read back as applied. Minutes after it belong to the step. */
  readonly verifiedAt: EpochMs;
  readonly intent?: Intent;
  readonly latch?: Latch;
  readonly wayBack: WayBack;
  readonly pause?: { readonly by: string; readonly reason: string; readonly at: EpochMs };
  readonly rollbackDrill?: RollbackDrill;
  readonly request?: OperatorRequest;
  readonly adoption?: Adoption;
  readonly approval?: Approval;
  readonly permit?: Permit;
  readonly stoppedAct?: StoppedAct;
  readonly blindSince?: EpochMs;
  /** Since when this step's gates have not all passed; the step's own beginning where they never have. */
  readonly unprovenSince?: EpochMs;
  readonly soak: Soak;
  /** What evidence operations have added up over this step and this soak. */
  readonly evidence: EvidenceState;
  readonly policyDigest: string;
  /** The policy's own, kept here because a rollback learns all it needs from the one write that latches. */
  readonly whenNotLossless: "snap" | "hold";
  readonly drill: boolean;
  readonly withoutPin?: WithoutPin;
  /** Healthy blue hosts when armed: `blue.readyPercent` is measured against it. */
  readonly blueHostsAtArm: number;
  /** Conflicts stored when armed: `conflicts.new` counts from here. */
  readonly conflictsAtArm: number;
  /** Each weighted rule's conditions and other actions when armed, by its ARN: nothing seen later replaces them. */
  readonly shapesAtArm?: Readonly<Record<string, string>>;
  /** Actions beside `forward` of each weighted rule when armed, by its ARN: what a rollback writes that reads nothing. */
  readonly otherActionsAtArm?: Readonly<Record<string, readonly JsonValue[]>>;
  readonly rollbackSafety: RollbackSafety;
  readonly settled?: Settled;
  readonly blocking: readonly Blocking[];
  readonly lastTick: EpochMs | null;
  readonly ledgerHead: { readonly seq: number; readonly hash: string };
  readonly outbox: readonly OutboxEntry[];
}
