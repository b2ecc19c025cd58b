import { type Takeover, takeoverOf } from "../decision/adoption.ts";
import { quietFrom } from "../decision/plain-mode.ts";
import type { Adoption, CutoverState, RollbackSafety } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import { type EpochMs, parseDuration } from "../kernel/units.ts";
import { frozenAt } from "../policy/freeze.ts";
import type { Policy, Waiver } from "../policy/policy-file.ts";
import { waiverEnds } from "../policy/waivers.ts";
import type { ActUnderWay } from "./act-under-way.ts";
import { blockingNow } from "./blocking-now.ts";
import { type LatchStatus, latchStatus } from "./latch-status.ts";
import { PLAIN_MODE_GIVES_UP } from "./plain-mode.ts";
import { type Undelivered, undeliveredOf } from "./undelivered.ts";

/** What the listener's rules do now, as read; null with the reason where they could not be read. */
export type Effective =
  | { readonly known: true; readonly greenPercent: number; readonly pinRaised: boolean }
  | { readonly known: false; readonly reason: string };

/** The document that `status --json` prints. Instants are ISO 8601, spans are seconds. */
export interface StatusReport {
  readonly cutover: string;
  readonly phase: string;
  readonly epoch: number;
  readonly weightPercent: { readonly recorded: number; readonly effective: number | null };
  readonly latch: null | LatchStatus;
  /** Only where a route has no pin: what that gives up, and while latched the instant before which it cannot be verified. */
  readonly plainMode?: { readonly by: string; readonly givesUp: string; readonly verifiedNotBefore?: string };
  readonly pause: null | { readonly by: string; readonly reason: string; readonly at: string };
  /** What an operator has asked for and no tick has taken yet; left out where nothing waits. */
  readonly request?: {
    readonly verb: string;
    readonly by: string;
    readonly reason: string;
    readonly expiresAt: string;
  };
  readonly blocking: readonly {
    readonly what: string;
    readonly since: string;
    readonly value: string;
    readonly threshold: string;
    readonly clears: string;
  }[];
  /** Of a decommission, what is being taken apart; left out between two acts, and where that stands in `blocking`. */
  readonly act?: ActUnderWay;
  /** A policy that waits to take over; left out where none does. */
  readonly adoption?: {
    readonly policyDigest: string;
    readonly by: string;
    readonly reason: string;
    readonly at: string;
    readonly takeover: Takeover;
  };
  /** Only in a freeze; `until` is null where no end can be told. */
  readonly freeze?: { readonly why: string; readonly until: string | null };
  /** Waivers of the policy in force that have not expired, whether or not their gate is asked now; left out without any. */
  readonly waivers?: readonly Waiver[];
  readonly soak: { readonly healthySeconds: number; readonly requiredSeconds: number | null };
  /** `reasons` only where there are any. */
  readonly rollbackSafety: Partial<Pick<RollbackSafety, "reasons">> & Pick<RollbackSafety, "label" | "seconds">;
  readonly wayBack: string;
  readonly lastTickAt: string | null;
  /** Only where the ledger or the topic has not taken something for minutes. */
  readonly undelivered?: Undelivered;
}

export const statusReport = (
  state: CutoverState,
  policy: Policy | null,
  effective: Effective,
  now: EpochMs,
): StatusReport => ({
  cutover: state.cutover,
  phase: state.phase,
  epoch: state.epoch,
  weightPercent: { recorded: state.weightPercent, effective: effective.known ? effective.greenPercent : null },
  latch: state.latch === undefined ? null : latchStatus(state.latch, state.settled),
  ...plainModeOf(state),
  pause: state.pause === undefined ? null : { ...state.pause, at: toIso(state.pause.at) },
  ...requestOf(state),
  blocking: blockingNow(state, now).map((block) => ({ ...block, since: toIso(block.since) })),
  ...(state.adoption === undefined || state.latch !== undefined ? {} : adoptionOf(state, state.adoption)),
  ...(policy === null || state.wayBack !== "open" ? {} : exceptionsAt(policy, now)),
  soak: {
    healthySeconds: Math.floor(state.soak.healthyMs / 1000),
    requiredSeconds: policy === null ? null : parseDuration(policy.soak.duration) / 1000,
  },
  rollbackSafety: safetyOf(state),
  wayBack: state.wayBack,
  lastTickAt: state.lastTick === null ? null : toIso(state.lastTick),
  ...undeliveredOf(state, now),
});

const requestOf = ({ request }: CutoverState): Pick<StatusReport, "request"> => {
  if (request === undefined) return {};
  const { verb, by, reason, expiresAt } = request;
  return { request: { verb, by, reason, expiresAt: toIso(expiresAt) } };
};

const safetyOf = ({ rollbackSafety: { label, seconds, reasons } }: CutoverState): StatusReport["rollbackSafety"] => ({
  label,
  seconds,
  ...(reasons.length === 0 ? {} : { reasons }),
});

const plainModeOf = ({ withoutPin, latch }: CutoverState): Pick<StatusReport, "plainMode"> => {
  if (withoutPin === undefined) return {};
  const waits = latch !== undefined && latch.verifiedAt === undefined;
  const { by } = withoutPin;
  return {
    plainMode: {
      by,
      givesUp: PLAIN_MODE_GIVES_UP,
      ...(waits ? { verifiedNotBefore: toIso(quietFrom(latch)) } : {}),
    },
  };
};

const adoptionOf = (state: CutoverState, adoption: Adoption): Pick<StatusReport, "adoption"> => {
  const { policyDigest, by, reason, at } = adoption;
  return { adoption: { policyDigest, by, reason, at: toIso(at), takeover: takeoverOf(state, adoption) } };
};

const exceptionsAt = (policy: Policy, now: EpochMs): Pick<StatusReport, "freeze" | "waivers"> => {
  const frozen = frozenAt(policy, now);
  const waivers = policy.waivers.filter((waiver) => now < (waiverEnds(waiver) ?? 0));
  return {
    ...(frozen === null
      ? {}
      : { freeze: { why: frozen.why, until: frozen.until === null ? null : toIso(frozen.until) } }),
    ...(waivers.length === 0 ? {} : { waivers }),
  };
};
