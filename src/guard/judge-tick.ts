import { knowsPolicy, sawTicksBefore, verdictsOf, worstOf } from "../decision/blocking.ts";
import { decide, requiredGates } from "../decision/decide.ts";
import type { Decision, Facts } from "../decision/decision.ts";
import { rollbackSafety } from "../decision/rollback-safety.ts";
import { consumeSoak, type MinuteVerdict } from "../decision/soak.ts";
import type { CutoverState, RollbackSafety } from "../decision/state.ts";
import { type EpochMs, earlier } from "../kernel/units.ts";
import { FLOOR_POLICY } from "../policy/floor.ts";
import { judgePolicy, type PolicyJudged } from "../policy/judge.ts";
import { knownBurst } from "../policy/operations/evidence/baseline.ts";
import type { Policy } from "../policy/policy-file.ts";
import { unjudgedRollbackRules } from "../policy/unjudged-rules.ts";
import type { Judgement } from "../policy/verdict.ts";
import { withoutStreams } from "../policy/without-streams.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { gateEvidence, rollbackEvidence, type Snapshots } from "../snapshot/evidence.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";
import { GATE_DELAY_MS } from "../snapshot/freshness.ts";
import { firingAlarms, trafficOf } from "../snapshot/take-snapshot.ts";
import { accumulate } from "./accumulate.ts";
import type { Look } from "./look.ts";
import { failsForSure, soakMinuteVerdict } from "./soak-minute.ts";
import { policyUnread, rulesUnjudged } from "./table-trouble.ts";

export interface JudgedTick {
  readonly decision: Decision;
  /** Digest of the policy that judged; null where it could not be read. */
  readonly policy: string | null;
  readonly judgement: Judgement;
  readonly workings: PolicyJudged["workings"];
  readonly safety: RollbackSafety;
  /** The accumulators with this tick's final minutes. */
  readonly evidence: EvidenceState;
  /** Minutes that got worse after they had been consumed, one sentence each. */
  readonly corrections: readonly string[];
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
  const { evidence, corrections } = accumulate(state, policy, seen, tick);
  // Past the point of no return the streams go by intent: a rule that fires on that would block the way out for good.
  const judging = state.wayBack === "open" ? rules : withoutStreams(rules);
  const { judgement, workings } = judgePolicy(judging, asked(state, rules, snapshots, evidence));
  const safety = safetyAt(snapshots);
  const facts: Facts = {
    traffic: trafficOf(own),
    firing: firingAlarms(own, cutover),
    safety,
    // A look that did not see the minutes before says nothing of them; a gate may fail by what is missing from it alone.
    ...(sawTicksBefore(seen.trouble)
      ? soakFacts(state, rules, judgement, snapshots, tick)
      : { failsForSure: false, soak: state.soak }),
    trouble: [
      ...seen.trouble,
      ...(policy === null && knowsPolicy(seen.trouble) ? [policyUnread(state.policyDigest, null)] : []),
      ...rulesUnjudged(unjudgedRollbackRules(rules), state),
    ],
  };
  const decision = decide({ state, policy: rules, judgement, facts, tick });
  return {
    decision,
    policy: policy === null ? null : state.policyDigest,
    judgement,
    workings,
    safety,
    evidence,
    corrections,
  };
};

export const safetyAt = (snapshots: Snapshots): RollbackSafety => {
  const own = snapshots.at(-1) ?? snapshots[0];
  return rollbackSafety(own.instants, own.takenAt);
};

/** The gates that matter where the cutover stands, and what they and the rollback rules look at. */
const asked = (state: CutoverState, policy: Policy, snapshots: Snapshots, evidence: EvidenceState) => {
  const alsoRequired = state.phase === "soaking" ? policy.decommission.require : [];
  const burst = knownBurst(evidence);
  return {
    gates: [...new Set([...requiredGates(state, policy), ...alsoRequired])],
    gateEvidence: { ...gateEvidence(snapshots, state), accumulated: { burst, sums: evidence.gates ?? {} } },
    rollbackEvidence: { ...rollbackEvidence(snapshots, state), accumulated: { burst, sums: evidence.rollback ?? {} } },
  };
};

const soakFacts = (
  state: CutoverState,
  policy: Policy,
  judgement: Judgement,
  snapshots: Snapshots,
  tick: EpochMs,
): Pick<Facts, "failsForSure" | "soak"> => {
  const required = requiredGates(state, policy);
  const verdicts = verdictsOf(required, judgement);
  const sure = failsForSure(verdicts, earlier(tick, GATE_DELAY_MS), state, policy);
  if (state.phase !== "soaking") return { failsForSure: sure, soak: state.soak };
  const judged = worstOf(verdicts);
  const soaking = { state, policy, required, snapshots };
  const verdict = (minute: EpochMs): MinuteVerdict => soakMinuteVerdict(soaking, minute);
  // Too early to fail: the windows are not full yet, and once they are, they hold these minutes.
  const gates = judged === "fail" && !sure ? "unknown" : judged;
  return { failsForSure: sure, soak: consumeSoak(state.soak, { tick, gates, verdict }) };
};
