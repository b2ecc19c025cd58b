import {
  count,
  type Form,
  flag,
  instant,
  integer,
  listOf,
  mapOf,
  membersOf,
  number,
  object,
  oneOf,
  optional,
  orNull,
  percent,
  text,
} from "../kernel/form.ts";
import type { JsonObject } from "../kernel/json.ts";
import { fail, ok, type Result } from "../kernel/result.ts";
import type { Accumulator, EvidenceState } from "../snapshot/evidence-state.ts";
import { type CutoverState, type Intent, type Latch, PHASES, type RollbackSafety, type Soak } from "./state.ts";

type FormsOf<Whole> = Readonly<Record<keyof Whole, Form>>;

const asked = { by: text, reason: text, at: instant };

const SAFETY: FormsOf<RollbackSafety> = {
  label: oneOf("lossless", "bounded", "lossy", "unknown"),
  seconds: orNull(number),
  reasons: listOf(text),
  at: instant,
};

const INTENT: FormsOf<Intent> = {
  kind: oneOf("setWeight", "lowerPin"),
  epoch: count,
  to: percent,
  intentAt: instant,
  notAfter: instant,
};

/** A latch that was put blindly knows neither what going back is expected to cost nor from where it goes. */
const LATCH: FormsOf<Latch> = {
  mode: oneOf("snapped", "held"),
  cause: membersOf({ kind: oneOf("alarm", "policy", "operator", "outsider") }),
  at: instant,
  expected: optional(membersOf(SAFETY)),
  fromPercent: optional(percent),
  reassertAfter: optional(instant),
  pinAnsweredAt: optional(instant),
  verifiedAt: optional(instant),
  greenAgainAt: optional(instant),
  told: optional(membersOf({ why: text, at: instant })),
  record: membersOf({ id: text, summary: text, detail: object }),
  chainedSeq: optional(count),
};

const SOAK: FormsOf<Soak> = {
  startedAt: orNull(instant),
  healthyMs: count,
  lastMinute: orNull(instant),
  restarts: count,
};

const ACCUMULATOR: FormsOf<Accumulator> = {
  from: instant,
  next: instant,
  recent: optional(listOf(membersOf({ at: instant, seen: listOf(listOf(number)) }))),
  observed: count,
  spoke: count,
  logs: listOf(number),
};

const SUMS = optional(mapOf(membersOf(ACCUMULATOR)));

const EVIDENCE: FormsOf<EvidenceState> = {
  baseline: optional(membersOf({ next: instant, errors: mapOf(listOf(number)) })),
  burst: optional(mapOf(number)),
  gates: SUMS,
  rollback: SUMS,
};

const STATE: FormsOf<CutoverState> = {
  cutover: text,
  version: count,
  writeId: text,
  epoch: count,
  armedAt: instant,
  armedBy: text,
  phase: oneOf(...PHASES),
  step: integer,
  weightPercent: percent,
  steppedAt: instant,
  verifiedAt: instant,
  intent: optional(membersOf(INTENT)),
  latch: optional(membersOf(LATCH)),
  wayBack: oneOf("open", "restorable", "closed"),
  pause: optional(membersOf(asked)),
  rollbackDrill: optional(membersOf({ by: text, at: instant, alarmArn: text, notAfter: instant })),
  request: optional(membersOf({ ...asked, verb: text, epoch: count, expiresAt: instant })),
  adoption: optional(membersOf({ ...asked, policyDigest: text })),
  approval: optional(membersOf({ ...asked, epoch: count })),
  permit: optional(membersOf({ epoch: count, action: text, notAfter: instant })),
  stoppedAct: optional(membersOf({ action: text, why: text, since: instant, toldAt: instant })),
  blindSince: optional(instant),
  unprovenSince: optional(instant),
  soak: membersOf(SOAK),
  evidence: membersOf(EVIDENCE),
  policyDigest: text,
  whenNotLossless: oneOf("snap", "hold"),
  drill: flag,
  withoutPin: optional(membersOf({ by: text, at: instant, otherActions: mapOf(listOf(object)) })),
  blueHostsAtArm: count,
  conflictsAtArm: count,
  shapesAtArm: optional(mapOf(text)),
  otherActionsAtArm: optional(mapOf(listOf(object))),
  rollbackSafety: membersOf(SAFETY),
  settled: optional(membersOf({ label: text, at: instant, reasons: listOf(text) })),
  blocking: listOf(membersOf({ what: text, since: instant, value: text, threshold: text, clears: text })),
  lastTick: orNull(instant),
  ledgerHead: membersOf({ seq: count, hash: text }),
  outbox: listOf(membersOf({ id: text, at: instant, record: optional(object), notification: optional(object) })),
};

const whole = membersOf(STATE);

/**
 * An item as the state of a cutover; in words what of it is none. Whoever put it back by hand, or by a tool that knows
 * texts alone, has made something that reads like a state: "86400000" and a minute more are soaked in no time.
 * What it says of a latch may still be blind.
 */
export const stateIn = (item: JsonObject, cutover: string): Result<CutoverState, string> => {
  const fault = whole(item, "");
  if (fault !== null) return fail(fault);
  const state = item as unknown as CutoverState;
  return state.cutover === cutover ? ok(state) : fail(`cutover is ${state.cutover}, and not ${cutover}`);
};
