import { verdictsOf, worstOf } from "../decision/blocking.ts";
import { decide, requiredGates } from "../decision/decide.ts";
import { type Decision, ENGINE_VERSION, type Facts } from "../decision/decision.ts";
import { rollbackSafety } from "../decision/rollback-safety.ts";
import { consumeSoak, type MinuteVerdict } from "../decision/soak.ts";
import type { CutoverState, RollbackSafety } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import { canonicalJson, type JsonObject } from "../kernel/json.ts";
import { type EpochMs, earlier, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { FLOOR_POLICY, judge, judgePolicy, judgeRollback } from "../policy/judge.ts";
import { lookBackMs } from "../policy/look-back.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { Judgement } from "../policy/verdict.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import {
  gateEvidence,
  rollbackEvidence,
  type Snapshots,
  soakMinuteEvidence,
  wasObserved,
} from "../snapshot/evidence.ts";
import { GATE_DELAY_MS } from "../snapshot/freshness.ts";
import { firingAlarms, trafficOf } from "../snapshot/take-snapshot.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import type { Look } from "./look.ts";
import type { GuardPorts } from "./ports.ts";

export interface JudgedTick {
  readonly decision: Decision;
  readonly judgement: Judgement;
  readonly safety: RollbackSafety;
}

/** Nothing is promoted under this; the floor's rollback rules are all that is left when a policy cannot be read. */
const UNREAD_POLICY: Policy = {
  apiVersion: "pawl/v1",
  name: "unread",
  description: "Stands in for a policy that cannot be read.",
  traffic: { requestsPerMinute: 0 },
  gates: {},
  start: { require: [] },
  steps: [],
  whenNotLossless: "hold",
  afterRollback: { cooldown: "1h" },
  soak: { duration: "24h", onBreak: "restart-clock" },
  decommission: { require: [], approval: "operator" },
  freeze: [],
  waivers: [],
  ...FLOOR_POLICY,
};

/** Snapshot → verdicts → decision. Pure: it reads nothing but what it is given, so a replay comes to the same. */
export const judgeTick = (
  cutover: CutoverBindings,
  state: CutoverState,
  policy: Policy | null,
  seen: Pick<Look, "snapshots" | "trouble">,
  tick: EpochMs,
): JudgedTick => {
  const { snapshots } = seen;
  const own = snapshots.at(-1) ?? snapshots[0];
  const rules = policy ?? UNREAD_POLICY;
  const judgement = judgementOf(state, policy, snapshots);
  const safety = safetyAt(snapshots);
  const facts: Facts = {
    traffic: trafficOf(own),
    firing: firingAlarms(own, cutover),
    safety,
    wholeWindows: wholeWindowsAt(earlier(tick, GATE_DELAY_MS), state, rules),
    soak: soakAfter(state, rules, judgement, snapshots, tick),
    trouble: [...seen.trouble, ...(policy === null ? [unread(state)] : [])],
  };
  return { decision: decide({ state, policy: rules, judgement, facts, tick }), judgement, safety };
};

export const safetyAt = (snapshots: Snapshots): RollbackSafety => {
  const own = snapshots.at(-1) ?? snapshots[0];
  return rollbackSafety(own.instants, own.takenAt);
};

const judgementOf = (state: CutoverState, policy: Policy | null, snapshots: Snapshots): Judgement => {
  const evidence = rollbackEvidence(snapshots, state);
  if (policy === null) return { gates: [], ...judgeRollback(FLOOR_POLICY, evidence) };
  const alsoRequired = state.phase === "soaking" ? policy.decommission.require : [];
  return judgePolicy(policy, {
    gates: [...new Set([...requiredGates(state, policy), ...alsoRequired])],
    gateEvidence: gateEvidence(snapshots, state),
    rollbackEvidence: evidence,
  });
};

/** Whether everything a policy looks back over, from `now` on, lies after the minute in which this step was verified. */
const wholeWindowsAt = (now: EpochMs, state: CutoverState, policy: Policy): boolean =>
  now - lookBackMs(policy) > minuteOf(state.verifiedAt);

const soakAfter = (
  state: CutoverState,
  policy: Policy,
  judgement: Judgement,
  snapshots: Snapshots,
  tick: EpochMs,
): CutoverState["soak"] => {
  if (state.phase !== "soaking") return state.soak;
  const required = requiredGates(state, policy);
  const judged = worstOf(verdictsOf(required, judgement));
  const whole = wholeWindowsAt(earlier(tick, GATE_DELAY_MS), state, policy);
  const verdicts = new Map<EpochMs, MinuteVerdict>();
  const verdict = (minute: EpochMs): MinuteVerdict => {
    const seen = verdicts.get(minute) ?? minuteVerdict(state, policy, required, snapshots, minute);
    verdicts.set(minute, seen);
    return seen;
  };
  // Too early to fail: the windows are not full yet, and once they are, they hold these minutes.
  return consumeSoak(state.soak, { tick, gates: judged === "fail" && !whole ? "unknown" : judged, verdict });
};

const minuteVerdict = (
  state: CutoverState,
  policy: Policy,
  required: readonly string[],
  snapshots: Snapshots,
  minute: EpochMs,
): MinuteVerdict => {
  const judged = worstOf(judge(policy, required, "gates", soakMinuteEvidence(snapshots, state, minute)));
  if (judged === "fail" && wholeWindowsAt(later(minute, MINUTE_MS), state, policy)) return "bad";
  return wasObserved(snapshots, minute) ? "healthy" : "unproven";
};

const unread = (state: CutoverState) => ({
  what: "policy",
  value: "the policy it was armed with cannot be read",
  threshold: state.policyDigest,
  clears: "the table answers, or pawl policy publish",
});

/**
 * Stores everything the decision rests on under its digest, and returns what the record says of it: enough for anybody
 * to recompute the decision. null where it could not be stored; then nothing may be promoted on it.
 */
export const storeEvidence = async (
  ports: Pick<GuardPorts, "digest" | "evidence">,
  state: CutoverState,
  { snapshots, trouble }: Pick<Look, "snapshots" | "trouble">,
  judged: JudgedTick,
): Promise<JsonObject | null> => {
  const { decision, judgement } = judged;
  const named = snapshots.map((one) => ({ tick: toIso(one.tick), digest: ports.digest(canonicalJson(one)) }));
  const body = JSON.parse(canonicalJson({ state, snapshots: named, trouble, judgement, decision })) as JsonObject;
  const evidence = ports.digest(canonicalJson(body));
  const stored = await ports.evidence.put(state.cutover, evidence, body, STATE_TIMEOUT_MS);
  if (!stored.ok) return null;
  return {
    engine: ENGINE_VERSION,
    state: ports.digest(canonicalJson(state)),
    policy: state.policyDigest,
    snapshot: named.at(-1) ?? null,
    evidence,
    decision: decision.kind,
    reasons: decision.reasons,
    verdicts: judgement.gates.map(({ gate, verdict }) => `${gate}: ${verdict}`),
  };
};
