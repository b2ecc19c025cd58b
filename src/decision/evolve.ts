import { assertNever } from "../kernel/assert-never.ts";
import type { JsonValue } from "../kernel/json.ts";
import { type EpochMs, weightPercent } from "../kernel/units.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";
import { type Adopted, adopted, adoptionAsked, adoptRefusal, mayAdopt } from "./adoption.ts";
import { approvalHolds } from "./decommission-permit.ts";
import { drillBegan, drillEnded, drillRefusals, isHeldBy, isOfDrill } from "./rollback-drill.ts";
import { beginSoak, NO_SOAK } from "./soak.ts";
import type {
  Adoption,
  Blocking,
  CutoverState,
  Intent,
  Latch,
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

/** What a new epoch starts from. */
export interface Rearm {
  readonly at: EpochMs;
  readonly by: string;
  readonly policyDigest: string;
  readonly whenNotLossless: "snap" | "hold";
  readonly drill: boolean;
  readonly blueHosts: number;
  readonly conflicts: number;
  readonly shapes: Readonly<Record<string, string>>;
  readonly otherActions: Readonly<Record<string, readonly JsonValue[]>>;
  readonly safety: RollbackSafety;
  /** The pin is still up; lowering it is announced in the write that takes the latch away. Absent where there is none. */
  readonly intent?: Intent;
  readonly withoutPin?: WithoutPin;
}

/**
 * The state after one event. Pure; `version`, `writeId`, ledger and outbox are the committing write's affair.
 * @throws {RangeError} the event cannot happen in this state: a bug in the caller, which must stop before it writes.
 */
export const evolve = (state: CutoverState, event: CutoverEvent): CutoverState => {
  switch (event.kind) {
    case "judged":
      return judged(state, event);
    case "intentAnnounced":
      must(state.latch === undefined && state.intent === undefined, event);
      return { ...state, intent: event.intent };
    case "weightCommitted":
      return weightCommitted(state, event);
    case "intentCleared":
      return without(state, "intent");
    case "stepRefused":
      return { ...without(state, "intent"), blocking: [event.refused] };
    case "pinLowered":
      must(state.latch === undefined && state.intent?.kind === "lowerPin", event);
      return { ...without(state, "intent"), steppedAt: event.at, verifiedAt: event.at };
    case "latchHeld":
      must(latchOf(state, event).verifiedAt === undefined, event);
      return { ...state, latch: { ...latchOf(state, event), mode: "held" } };
    case "latchMeasured":
      return { ...state, latch: { ...latchOf(state, event), expected: event.expected } };
    case "latchReleased": {
      const latch = latchOf(state, event);
      return {
        ...state,
        latch: { ...latch, mode: "snapped", cause: event.cause ?? latch.cause, expected: event.expected },
      };
    }
    case "latchVerified":
      return latchVerified(state, event);
    case "latchUnverified":
      return { ...state, latch: { ...latchOf(state, event), told: event.told } };
    case "rolledBackInEarnest":
      must(isOfDrill(state), event);
      return { ...without(state, "rollbackDrill"), latch: { ...latchOf(state, event), cause: event.cause } };
    case "settled":
      must(state.latch?.verifiedAt !== undefined, event);
      return { ...state, settled: event.settled };
    case "requested":
      return { ...state, request: event.request };
    case "requestTaken":
      return requestTaken(state, event);
    case "policyAdopted":
      must(mayAdopt(state) && state.adoption?.policyDigest === event.adoption.policyDigest, event);
      must(state.intent === undefined, event);
      return adopted(state, event);
    case "adoptionDropped":
      return without(state, "adoption");
    case "drillBegan":
      must(drillRefusals(state, event.drill.at).length === 0, event);
      return drillBegan(state, event.drill);
    case "drillEnded":
      must(
        state.latch !== undefined || (state.rollbackDrill !== undefined && isHeldBy(state, state.rollbackDrill)),
        event,
      );
      return drillEnded(state, event.at);
    case "rearmed":
      return rearmed(state, event);
    case "decommissioningBegan":
      must(state.phase === "soaking" && state.latch === undefined, event);
      return { ...without(state, "adoption"), phase: "decommissioning", permit: event.permit };
    case "pointOfNoReturn":
      must(pointOfNoReturnRefusals(state, event.at).length === 0, event);
      return { ...without(state, "permit"), wayBack: "restorable" };
    case "wayBackClosed":
      must(state.wayBack === "restorable", event);
      return { ...state, wayBack: "closed" };
    case "actStopped":
      must(state.phase === "decommissioning", event);
      return { ...state, stoppedAct: event.stopped };
    case "actWentOn":
      return without(state, "stoppedAct");
    case "completed":
      must(state.phase === "decommissioning" && state.wayBack === "closed", event);
      return { ...without(state, "permit", "stoppedAct"), phase: "complete", blocking: [] };
    default:
      return assertNever(event);
  }
};

/** What in the state forbids the point of no return now; the alarms are asked by whoever is about to write it. */
export const pointOfNoReturnRefusals = (state: CutoverState, at: EpochMs): readonly string[] => [
  ...(state.phase === "decommissioning" ? [] : [`it is ${state.phase}, not decommissioning`]),
  ...(state.wayBack === "open" ? [] : [`the way back is ${state.wayBack} already`]),
  ...(state.latch === undefined ? [] : ["a rollback is latched"]),
  ...(state.intent === undefined ? [] : ["a change of the load balancer is not settled"]),
  ...(approvalHolds(state, at) ? [] : ["there is no approval of this epoch that is at most 24 h old"]),
];

const must: (holds: boolean, event: CutoverEvent) => asserts holds = (holds, event) => {
  if (!holds) throw new RangeError(`${event.kind} cannot happen here`);
};

type Optional =
  | "intent"
  | "latch"
  | "pause"
  | "rollbackDrill"
  | "request"
  | "adoption"
  | "approval"
  | "permit"
  | "stoppedAct"
  | "blindSince"
  | "unprovenSince"
  | "settled"
  | "withoutPin";

const without = (state: CutoverState, ...names: readonly Optional[]): CutoverState => {
  const rest: Record<string, unknown> = { ...state };
  for (const name of names) delete rest[name];
  return rest as unknown as CutoverState;
};

const judged = (state: CutoverState, event: Judged): CutoverState => ({
  ...(state.latch === undefined
    ? without(state, "blindSince", "unprovenSince", "permit")
    : without(state, "blindSince", "unprovenSince", "permit", "adoption")),
  lastTick: event.tick,
  blocking: event.blocking,
  rollbackSafety: event.safety,
  ...(event.blindSince === null ? {} : { blindSince: event.blindSince }),
  ...(event.unprovenSince === null ? {} : { unprovenSince: event.unprovenSince }),
  ...(event.soak === undefined ? {} : { soak: event.soak }),
  ...(event.permit === undefined ? {} : { permit: event.permit }),
  ...(event.evidence === undefined ? {} : { evidence: event.evidence }),
});

const weightCommitted = (
  state: CutoverState,
  event: Extract<CutoverEvent, { kind: "weightCommitted" }>,
): CutoverState => {
  const { intent } = state;
  must(state.latch === undefined && intent?.kind === "setWeight" && intent.epoch === state.epoch, event);
  must(event.step === state.step + 1, event);
  return {
    ...without(state, "intent", "unprovenSince"),
    phase: event.last ? "soaking" : "shifting",
    step: event.step,
    weightPercent: intent.to,
    steppedAt: intent.intentAt,
    verifiedAt: event.at,
    ...(event.last ? {} : { unprovenSince: event.at }),
    soak: event.last ? beginSoak(event.at) : NO_SOAK,
  };
};

const latchOf = (state: CutoverState, event: CutoverEvent): Latch => {
  if (state.latch === undefined) throw new RangeError(`${event.kind} without a latch`);
  return state.latch;
};

const latchVerified = (state: CutoverState, event: Extract<CutoverEvent, { kind: "latchVerified" }>): CutoverState => {
  must(state.wayBack === "open", event);
  const { reassertAfter, told: _told, ...latch } = latchOf(state, event);
  const keep = event.reasserted || reassertAfter === undefined ? {} : { reassertAfter };
  return {
    ...without(state, "permit", "stoppedAct", "adoption"),
    phase: "rolledBack",
    step: -1,
    weightPercent: weightPercent(0),
    latch: {
      ...latch,
      ...keep,
      mode: "snapped",
      pinAnsweredAt: event.pinAnsweredAt,
      verifiedAt: latch.verifiedAt ?? event.at,
    },
  };
};

const requestTaken = (state: CutoverState, event: Extract<CutoverEvent, { kind: "requestTaken" }>): CutoverState => {
  const { at, request, refusal } = event;
  const rest = without(state, "request");
  if (refusal !== null) return rest;
  must(requestRefusal(state, request, at) === null, event);
  const { by, reason } = request;
  switch (request.verb) {
    case "pause":
      return { ...rest, pause: { by, reason, at } };
    case "resume":
      // Past the point of no return a latch has no other way out: an operator has looked and goes on.
      return state.wayBack === "open" ? without(rest, "pause") : without(rest, "pause", "latch");
    case "approve":
      return { ...rest, approval: { by, reason, epoch: state.epoch, at: request.at } };
    case "adopt":
      return adoptionAsked(rest, request);
    // Stryker disable next-line ConditionalExpression,StringLiteral: never taken, requestRefusal has said so
    case "advance":
      return rest;
    default:
      return assertNever(request.verb);
  }
};

/** An approval that ran out while something held up the decommission is renewed, not walked all the way to again. */
const mayApprove = ({ phase, wayBack }: CutoverState): boolean =>
  phase === "soaking" || (phase === "decommissioning" && wayBack === "open");

/** Why a waiting request is not carried out, or null. */
export const requestRefusal = (state: CutoverState, request: OperatorRequest, at: EpochMs): string | null => {
  if (at > request.expiresAt) return "it has expired";
  if (request.epoch !== state.epoch) return `it was meant for epoch ${request.epoch}, this is ${state.epoch}`;
  if (request.verb === "approve" && !mayApprove(state))
    return `approval is given in soaking, or renewed before the point of no return; this is ${state.phase}`;
  if (request.verb === "adopt") return adoptRefusal(state, request);
  if (request.verb === "advance") return "advance is not offered yet";
  return null;
};

const rearmed = (state: CutoverState, event: Extract<CutoverEvent, { kind: "rearmed" }>): CutoverState => {
  const { rearm } = event;
  must(state.phase === "rolledBack" && state.latch?.verifiedAt !== undefined && state.settled !== undefined, event);
  return {
    ...without(
      state,
      ...(["latch", "settled", "pause", "rollbackDrill", "request", "adoption"] as const),
      ...(["approval", "permit", "blindSince", "unprovenSince", "withoutPin"] as const),
    ),
    epoch: state.epoch + 1,
    phase: "armed",
    step: -1,
    weightPercent: weightPercent(0),
    armedAt: rearm.at,
    armedBy: rearm.by,
    steppedAt: rearm.at,
    verifiedAt: rearm.at,
    ...(rearm.intent === undefined ? {} : { intent: rearm.intent }),
    ...(rearm.withoutPin === undefined ? {} : { withoutPin: rearm.withoutPin }),
    policyDigest: rearm.policyDigest,
    whenNotLossless: rearm.whenNotLossless,
    drill: rearm.drill,
    blueHostsAtArm: rearm.blueHosts,
    conflictsAtArm: rearm.conflicts,
    shapesAtArm: rearm.shapes,
    otherActionsAtArm: rearm.otherActions,
    rollbackSafety: rearm.safety,
    soak: NO_SOAK,
    evidence: {},
    blocking: [],
  };
};
