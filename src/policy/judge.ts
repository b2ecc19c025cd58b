import { briefNumber } from "../kernel/brief-number.ts";
import { cut } from "../kernel/cut.ts";
import type { JsonValue } from "../kernel/json.ts";
import { signalAt } from "../signals/catalogue.ts";
import type { Evidence } from "../snapshot/snapshot.ts";
import { evaluateRule } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { FLOOR_RULES, maxAgeMs, type RollbackPolicy, watchedSignals } from "./floor.ts";
import type { OperationContext } from "./operations/operation.ts";
import { currentValue } from "./operations/values.ts";
import { substituteParams } from "./params.ts";
import type { GateName, Policy, RollbackRule, Rule } from "./policy-file.ts";
import type { Comparison, GateVerdict, Judgement, RollbackVerdict } from "./verdict.ts";

/** For gates every minute of a window counts; for rollback rules the newest one may not be reported yet. */
export type EvidenceUse = "gates" | "rollback";

/**
 * Judges gates: `pass` only where both keys say exactly `true`; `fail` where they say `false`; else `unknown`, with
 * every reason. A gate the policy does not have is unknown.
 */
export const judge = (
  policy: Policy,
  gates: readonly GateName[],
  use: EvidenceUse,
  evidence: Evidence,
): readonly GateVerdict[] => gates.map((gate) => judgeGate(policy, gate, use, evidence).verdict);

/** A gate's evaluation in full, for `explain` and the decision record; null where the policy has no such gate. */
export const explainGate = (policy: Policy, gate: GateName, evidence: Evidence): Evaluation | null => {
  const found = Object.hasOwn(policy.gates, gate) ? policy.gates[gate] : undefined;
  return found === undefined ? null : evaluateFor(policy, found.rule, "gates", evidence);
};

/** How each rule came to its verdict, by the name of the gate or rule: enough to do it again with any JSON-logic. */
export type Workings = Readonly<Record<string, Pick<Evaluation, "residual" | "data" | "trace">>>;

interface RollbackJudged extends Pick<Judgement, "rollback" | "blind" | "disagreements"> {
  readonly workings: Workings;
}

/** Judges the rollback rules and the compiled-in floor, and says which watched signals have no value. */
export const judgeRollback = (policy: RollbackPolicy, evidence: Evidence): RollbackJudged => {
  const judged = [...policy.rollback, ...FLOOR_RULES].map((rule) => judgeRollbackRule(policy, rule, evidence));
  return {
    rollback: judged.map(({ verdict }) => verdict),
    blind: blindSignals(policy, evidence),
    disagreements: judged.flatMap(({ disagreement }) => disagreement),
    workings: Object.fromEntries(judged.map(({ verdict, evaluation }) => [verdict.rule, evaluation])),
  };
};

/** Everything a policy says of one tick's evidence, and how it came to it. */
export interface PolicyJudged {
  readonly judgement: Judgement;
  readonly workings: { readonly gates: Workings; readonly rollback: Workings };
}

/** Judges what is asked of a policy. Pure; the same policy and evidence always give the same. */
export const judgePolicy = (
  policy: Policy,
  asked: {
    readonly gates: readonly GateName[];
    readonly gateEvidence: Evidence;
    readonly rollbackEvidence: Evidence;
  },
): PolicyJudged => {
  const gates = asked.gates.map((gate) => judgeGate(policy, gate, "gates", asked.gateEvidence));
  const { workings, ...rollback } = judgeRollback(policy, asked.rollbackEvidence);
  const judgement = {
    ...rollback,
    gates: gates.map(({ verdict }) => verdict),
    disagreements: [...gates.flatMap(({ disagreement }) => disagreement), ...rollback.disagreements],
  };
  const gateWorkings = Object.fromEntries(
    gates.flatMap(({ verdict, evaluation }) => (evaluation === null ? [] : [[verdict.gate, evaluation]])),
  );
  return { judgement, workings: { gates: gateWorkings, rollback: workings } };
};

const NO_PARAMS: Readonly<Record<string, number>> = {};

const evaluateFor = (
  policy: Pick<Policy, "data" | "params">,
  rule: Rule,
  newest: EvidenceUse,
  evidence: Evidence,
): Evaluation => {
  const newestMinute: OperationContext["newestMinute"] = newest === "gates" ? "required" : "optional";
  const substituted = substituteParams(rule, policy.params ?? NO_PARAMS);
  return evaluateRule(substituted, evidence, { minCoverage: policy.data.minCoverage, newestMinute });
};

const named = (kind: string, name: string, { disagreement }: Evaluation): readonly string[] =>
  disagreement === null ? [] : [`${kind} ${name}: ${disagreement}`];

const judgeGate = (policy: Policy, gate: GateName, use: EvidenceUse, evidence: Evidence) => {
  const found = Object.hasOwn(policy.gates, gate) ? policy.gates[gate] : undefined;
  if (found === undefined) {
    const reasons = ["the policy has no gate of this name"];
    const verdict: GateVerdict = { gate, why: "", verdict: "unknown", reasons, comparisons: [] };
    return { verdict, disagreement: [], evaluation: null };
  }
  const evaluation = evaluateFor(policy, found.rule, use, evidence);
  const { outcome, reasons } = conclude(evaluation, false);
  const verdict: GateVerdict = {
    gate,
    why: found.why,
    verdict: outcome === true ? "pass" : outcome === false ? "fail" : "unknown",
    reasons,
    comparisons: evaluation.comparisons,
  };
  return { verdict, disagreement: named("gate", gate, evaluation), evaluation };
};

const judgeRollbackRule = (policy: RollbackPolicy, rule: RollbackRule, evidence: Evidence) => {
  const evaluation = evaluateFor(policy, rule.when, "rollback", evidence);
  const { outcome, reasons } = conclude(evaluation, true);
  const verdict: RollbackVerdict = {
    rule: rule.id,
    why: rule.why,
    verdict: outcome === true ? "fired" : outcome === false ? "clear" : "unknown",
    reasons,
    comparisons: evaluation.comparisons,
  };
  return { verdict, disagreement: named("rollback rule", rule.id, evaluation), evaluation };
};

/** Exactly `true` and exactly `false` are answers. A list, a 1 or a text is none, however true JSON-logic finds it. */
const conclude = (
  { result, comparisons }: Evaluation,
  worthSaying: boolean,
): { readonly outcome: boolean | null; readonly reasons: readonly string[] } => {
  if (result.kind === "unknown") return { outcome: null, reasons: result.reasons };
  if (typeof result.value !== "boolean") {
    return { outcome: null, reasons: [`the rule comes to ${shortened(result.value)}, not to true or false`] };
  }
  if (result.value !== worthSaying) return { outcome: result.value, reasons: [] };
  const telling = comparisons.filter((each) => each.holds === worthSaying).map(sayComparison);
  return { outcome: result.value, reasons: telling.length > 0 ? telling : [`the rule is ${result.value}`] };
};

/** Characters. A window's minutes would be the largest part of a tick's record, and of them all only that it is a list counts. */
const LONGEST_SHOWN = 60;

const shortened = (value: JsonValue): string => cut(JSON.stringify(value), LONGEST_SHOWN);

const brief = (value: Comparison["value"]): string =>
  typeof value === "number" ? briefNumber(value) : JSON.stringify(value);

const sayComparison = ({ what, value, operator, threshold, holds }: Comparison): string =>
  `${what} is ${brief(value)}, ${holds ? "which is" : "must be"} ${operator} ${brief(threshold)}`;

/**
 * A signal is out of sight when it has no value now. The newest minutes of metrics are always still on their way, so
 * for these it is out of sight when none of the last `maxAge` has a value either.
 */
const blindSignals = (policy: RollbackPolicy, evidence: Evidence): Judgement["blind"] =>
  watchedSignals(policy).flatMap((signal) => {
    if (currentValue(evidence.current, signal) !== undefined) return [];
    const since = evidence.now - maxAgeMs(policy);
    const recent = evidence.minutes.some(
      ({ at, readings }) => at >= since && currentValue(readings, signal) !== undefined,
    );
    if (recent && signalAt(signal)?.kind === "minute") return [];
    const reason = Object.hasOwn(evidence.current.absent, signal) ? evidence.current.absent[signal] : undefined;
    return [{ signal, reason: reason ?? "no value" }];
  });
