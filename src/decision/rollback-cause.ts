import { type EpochMs, later } from "../kernel/units.ts";
import { blindAfterMs } from "../policy/floor.ts";
import { isSentBack, stoodBefore, verdictsOf } from "./blocking.ts";
import type { DecideInput, Decision, Facts } from "./decision.ts";
import type { CutoverState, LatchCause } from "./state.ts";
import { stepTooLong } from "./step-dwell.ts";

export interface RollbackCause {
  readonly cause: LatchCause;
  readonly reasons: readonly string[];
}

/** Green has a share, or one was asked for and nobody has seen yet what became of it. */
export const greenMayHaveTraffic = (state: CutoverState): boolean =>
  state.weightPercent > 0 || state.intent?.kind === "setWeight";

/**
 * Why traffic has to go back to blue now, or null. An alarm counts at every weight, as its event would; the policy's
 * own rules count once green has, or may have, traffic. An unknown never is a cause: blindness has its own rule.
 */
export const rollbackCause = (
  input: DecideInput,
  since: Pick<Decision, "blindSince" | "unprovenSince">,
): RollbackCause | null => {
  return (
    alarmCause(input) ?? (greenMayHaveTraffic(input.state) ? policyCause(input, since) : null) ?? outsiderCause(input)
  );
};

const alarmCause = ({ facts, tick }: DecideInput): RollbackCause | null => {
  const worst = facts.firing[0];
  if (worst === undefined) return null;
  return {
    cause: { kind: "alarm", alarmArn: worst.arn, severity: worst.severity, alarmAt: tick },
    reasons: facts.firing.map(({ arn, severity }) => `${arn} is in ALARM (${severity})`),
  };
};

const policyCause = (
  input: DecideInput,
  since: Pick<Decision, "blindSince" | "unprovenSince">,
): RollbackCause | null => {
  const late = stepTooLong(input, since.unprovenSince);
  const broken = [
    ...firedRules(input),
    ...blindTooLong(input, since.blindSince),
    ...(late === null ? [] : [late]),
    ...soakBroken(input),
  ];
  if (broken.length === 0) return null;
  return { cause: { kind: "policy", rules: broken.map(({ rule }) => rule) }, reasons: broken.map(({ why }) => why) };
};

type Broken = readonly { readonly rule: string; readonly why: string }[];

const firedRules = ({ judgement }: DecideInput): Broken =>
  judgement.rollback
    .filter(({ verdict }) => verdict === "fired")
    .map(({ rule, why }) => ({ rule, why: `${rule} fired: ${why}` }));

const blindTooLong = ({ policy, tick, judgement }: DecideInput, since: EpochMs | null): Broken => {
  if (since === null || policy.blind.action !== "rollback") return [];
  if (tick < later(since, blindAfterMs(policy))) return [];
  const signals = judgement.blind.map(({ signal }) => signal).join(", ");
  return [{ rule: "blind", why: `blind for ${blindAfterMs(policy) / 60_000} min: ${signals}` }];
};

const soakBroken = ({ state, policy, judgement, facts }: DecideInput): Broken => {
  if (state.phase !== "soaking" || policy.soak.onBreak !== "rollback" || !facts.failsForSure) return [];
  // Stryker disable next-line OptionalChaining,ArrayDeclaration: a policy has steps, the types do not know it
  return verdictsOf(policy.steps.at(-1)?.promoteWhen ?? [], judgement)
    .filter(({ verdict }) => verdict === "fail")
    .map(({ gate, why }) => ({ rule: `soak:${gate}`, why: `${gate} failed in the soak: ${why}` }));
};

/** Somebody sent traffic back by hand. Their word stands, once a second tick has seen it: one Describe may be stale. */
export const outsiderCause = ({
  state,
  facts,
  tick,
}: Pick<DecideInput, "state" | "tick"> & { readonly facts: Pick<Facts, "traffic"> }): RollbackCause | null => {
  const { drift, detail } = facts.traffic;
  if (!isSentBack(facts.traffic)) return null;
  if (!stoodBefore(`drift:${drift}`, state.blocking, tick)) return null;
  return { cause: { kind: "outsider", what: detail }, reasons: [`seen in two ticks: ${detail}`] };
};
