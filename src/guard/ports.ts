import type { RulesPort } from "../actuation/rules-port.ts";
import type { LatchConditions } from "../decision/latch.ts";
import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState, Latch } from "../decision/state.ts";
import type { Digest } from "../kernel/digest.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { OutsideFailure, Result } from "../kernel/result.ts";
import type { DurationMs, EpochMs } from "../kernel/units.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { CutoverId } from "../signals/bindings.ts";
import type { Observations } from "../signals/observation.ts";
import type { AlarmsPort, DrainPort, DrainProof, HostsPort, MetricsPort, StreamsPort } from "../signals/ports.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";

/** The only source of time. */
export interface ClockPort {
  now(): EpochMs;
  /** Waits in the world's own time (real time in AWS; the virtual clock in a rehearsal). */
  sleep(forMs: DurationMs): Promise<void>;
}

export type StateFailure = OutsideFailure;

/** How a conditional write ended. `moved` carries what is there now, read strongly; null where the item is absent. */
export type TransitionOutcome =
  | { readonly kind: "committed"; readonly state: CutoverState }
  | { readonly kind: "moved"; readonly state: CutoverState | null }
  | { readonly kind: "unknown"; readonly message: string };

export type LatchOutcome =
  /** `before` is the item as it was; `after` as the latch made it. */
  | { readonly kind: "latched"; readonly before: CutoverState; readonly after: CutoverState }
  | { readonly kind: "already-latched"; readonly state: CutoverState }
  /** A condition of the latch did not hold: the epoch moved, a later tick was judged, or it was armed after the alarm. */
  | { readonly kind: "not-applicable"; readonly state: CutoverState }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly message: string };

export interface StatePort {
  /** Strongly consistent. null where this cutover was never armed. */
  read(cutover: CutoverId, timeoutMs: DurationMs): Promise<Result<CutoverState | null, StateFailure>>;
  /**
   * Stores `next` if the item still has `expectedVersion` (null: if there is none). `next.version` must be one more.
   * On a refusal a strong read decides whether the refused write was ours (`writeId`): then it is `committed`.
   */
  transition(expectedVersion: number | null, next: CutoverState, timeoutMs: DurationMs): Promise<TransitionOutcome>;
  /**
   * `SET latch, epoch + 1, version + 1` if the item exists and has no latch; the intent stays. One round trip, blind:
   * it needs no prior read. `expected` and `fromPercent` of the latch are filled from the item that comes back.
   */
  latch(
    cutover: CutoverId,
    latch: Omit<Latch, "expected" | "fromPercent" | "reassertAfter">,
    conditions: LatchConditions & { readonly writeId: string },
    timeoutMs: DurationMs,
  ): Promise<LatchOutcome>;
}

/** A cutover that is to be served. */
export interface ActiveEntry {
  readonly cutover: CutoverId;
  /** When it was put, by whoever put it; null where a release before this one did. */
  readonly listedAt: EpochMs | null;
}

/** Cutovers that are armed and neither complete nor retired. One that has no state is told of after some minutes. */
export interface ActivePort {
  /** Strongly consistent. Effects: none. Errors: returned. */
  list(timeoutMs: DurationMs): Promise<Result<readonly ActiveEntry[], OutsideFailure>>;
  /** Repeating it is harmless. Within the adapter's own 5 s. Errors: returned; what timed out may have happened. */
  put(cutover: CutoverId, at: EpochMs): Promise<Result<void, OutsideFailure>>;
  /** Likewise; one that is not listed counts as removed. */
  remove(cutover: CutoverId): Promise<Result<void, OutsideFailure>>;
}

/** What `observe` stored of one tick: the VPC's half of a snapshot, and the proofs a snap-back waits for. */
export interface Observed {
  readonly cutover: CutoverId;
  readonly tick: EpochMs;
  readonly observations: Observations;
  /** Present where the state asked for it: reverse drained after the pin was verified. */
  readonly settle?: { readonly drain?: DrainProof; readonly waitingFor: readonly string[] };
}

export interface ObservedPort {
  /** Takes the place of what is there of the same tick; repeating it is harmless. Errors: returned. */
  put(observed: Observed, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /** The newest one at or before `tick`; null where there is none. Effects: none. Errors: returned. */
  latest(cutover: CutoverId, tick: EpochMs, timeoutMs: DurationMs): Promise<Result<Observed | null, OutsideFailure>>;
}

export interface SnapshotsPort {
  /** Stores if absent and returns what is stored: of two runs of one tick, both get the first one's. Errors: returned. */
  putOnce(snapshot: Snapshot, timeoutMs: DurationMs): Promise<Result<Snapshot, OutsideFailure>>;
  /** Ticks in [from, to], oldest first, of one epoch. Effects: none. Errors: returned. */
  range(
    cutover: CutoverId,
    epoch: number,
    from: EpochMs,
    to: EpochMs,
    timeoutMs: DurationMs,
  ): Promise<Result<readonly Snapshot[], OutsideFailure>>;
}

export interface PoliciesPort {
  /** By SHA-256 of its canonical JSON; `malformed` where what is stored under that name has another one. */
  read(digest: string, timeoutMs: DurationMs): Promise<Result<Policy | null, OutsideFailure>>;
  /** Takes the place of whatever has this name; repeating it is harmless. Within the adapter's own 5 s. Errors: returned. */
  put(policy: Policy, digest: string): Promise<Result<void, OutsideFailure>>;
}

export interface LedgerPort {
  /** Stores if absent. A record already there with the same hash is success; with another hash it is `refused`. */
  append(cutover: CutoverId, record: LedgerRecord, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
  /**
   * The next entries behind a place, in the order of their places, whatever they hold; from the first on where it is null.
   * Some hundred at a time, and none only where there is none any more. Effects: none. Within the adapter's own 5 s.
   * Errors: returned.
   */
  read(
    cutover: CutoverId,
    behind: LedgerEntry["place"] | null,
  ): Promise<Result<readonly LedgerEntry[], OutsideFailure>>;
}

/** Traces and accumulators that a record names by digest; put before the write that names them. */
export interface EvidencePort {
  /** Set where nobody will recompute anything, as in a simulation of thousands of runs: then nothing is composed to be put. */
  readonly keepsNothing?: true;
  /** Stores if absent: what has the digest is the same, so repeating it is harmless. Errors: returned. */
  put(
    cutover: CutoverId,
    digest: string,
    body: JsonObject,
    timeoutMs: DurationMs,
  ): Promise<Result<void, OutsideFailure>>;
  /** null where there is none. Effects: none. Within the adapter's own 5 s. Errors: returned. */
  read(cutover: CutoverId, digest: string): Promise<Result<JsonObject | null, OutsideFailure>>;
}

export interface JournalEntry {
  readonly action: string;
  readonly epoch: number;
  readonly startedAt: EpochMs;
  readonly finishedAt?: EpochMs;
  readonly detail: JsonObject;
}

/** The executor's diary: an entry is begun before the act and finished after it. */
export interface JournalPort {
  /** In the order in which they were begun. Strongly consistent. Effects: none. Within the adapter's own 5 s. Errors: returned. */
  list(cutover: CutoverId): Promise<Result<readonly JournalEntry[], OutsideFailure>>;
  /** Takes the place of the entry of the same epoch and action; repeating it is harmless. Within the adapter's own 5 s. Errors: returned. */
  put(cutover: CutoverId, entry: JournalEntry): Promise<Result<void, OutsideFailure>>;
}

export interface Notification {
  /** cutover/epoch/transition: repeats carry the same id. */
  readonly id: string;
  readonly cutover: CutoverId;
  readonly subject: string;
  readonly body: string;
  readonly urgency: "page" | "info";
}

export interface NotifyPort {
  /** Success is that the topic took it, not that anybody got it. May be repeated: receivers know repeats by `id`. Errors: returned. */
  send(notification: Notification, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
}

export type RollbackRequest =
  /** Of the epoch and the tick that found the reason: a tick that was judged later has the last word. */
  | { readonly kind: "snapBack"; readonly epoch: number; readonly tick: EpochMs }
  | { readonly kind: "lowerPin"; readonly epoch: number };

/** Asynchronous calls of other functions: accepted is not done. Each within the adapter's own 5 s. Errors: returned. */
export interface InvokePort {
  /** Promote may not touch the pin: it asks the one who may. Repeating it is harmless: what it asks for is held against the state. */
  rollback(cutover: CutoverId, request: RollbackRequest): Promise<Result<void, OutsideFailure>>;
  /** Starts one worker for one cutover at one scheduled minute. Repeating it is harmless: a tick is judged once. */
  worker(
    name: "observe" | "promote" | "decommission",
    cutover: CutoverId,
    tick: EpochMs,
  ): Promise<Result<void, OutsideFailure>>;
}

/** For whoever is about to rely on a function and must not run it. */
export interface FunctionsPort {
  /** Whether the function exists and may be invoked. Effects: none. */
  probe(name: string, timeoutMs: DurationMs): Promise<Result<void, OutsideFailure>>;
}

/** Everything the guard reaches the world by. Each function gets only what its role may use. */
export interface GuardPorts {
  readonly clock: ClockPort;
  readonly newId: () => string;
  readonly digest: Digest;
  readonly state: StatePort;
  readonly active: ActivePort;
  readonly observed: ObservedPort;
  readonly snapshots: SnapshotsPort;
  readonly policies: PoliciesPort;
  readonly ledger: LedgerPort;
  readonly evidence: EvidencePort;
  readonly journal: JournalPort;
  readonly metrics: MetricsPort;
  readonly hosts: HostsPort;
  readonly alarms: AlarmsPort;
  readonly streams: StreamsPort;
  readonly drain: DrainPort;
  readonly rules: RulesPort;
  readonly notify: NotifyPort;
  readonly invoke: InvokePort;
}
