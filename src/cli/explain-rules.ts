import { waiversNow } from "../decision/exceptions.ts";
import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import type { JsonObject, JsonValue } from "../kernel/json.ts";
import { type Explanation, explainPlan } from "../policy/explain/explain.ts";
import { type Standing, standingStored } from "../policy/explain/standing.ts";
import { FLOOR_RULES } from "../policy/floor.ts";
import type { EvidenceUse } from "../policy/operations/evidence/uses.ts";
import { STANDARD_OPERATIONS } from "../policy/operations/standard.ts";
import { substituteParams } from "../policy/params.ts";
import { planRule } from "../policy/plan-rule.ts";
import type { GateName, Policy, Rule } from "../policy/policy-file.ts";
import type { Judgement } from "../policy/verdict.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";

/** What a decision hung on. */
export interface ExplainedRules {
  /** Gates that did not pass and counted as passing. */
  readonly waived: readonly GateName[];
  /**
   * Where it held each gate that did not pass, where it went back each rollback rule that fired, and nothing where it went
   * on: the fewest conditions that would make it another verdict, and how far each value is from its threshold.
   */
  readonly explained: Readonly<Record<string, Explanation>>;
}

/** A `workings` side as this engine stores it; a text stands for both where they were too large to keep. */
interface StoredSide {
  readonly values: JsonObject;
  readonly rules: Readonly<Record<string, { readonly facts: JsonValue }>>;
}

interface StoredEvidence {
  readonly state: CutoverState;
  readonly judgement: Judgement;
  readonly accumulated: EvidenceState;
  readonly workings: { readonly gates?: StoredSide; readonly rollback?: StoredSide };
}

/** Explains what a record decided out of what was stored for it; without a rule whose workings were left out. */
export const explainRules = (policy: Policy, body: JsonObject, { tick, detail }: LedgerRecord): ExplainedRules => {
  // As this engine wrote it; its digest vouches for its form.
  const { state, judgement, accumulated, workings } = body as unknown as StoredEvidence;
  const waivers = tick === null ? [] : waiversNow(state, policy, tick).map(({ gate }) => gate);
  const waived = waivers.filter((name) =>
    judgement.gates.some(({ gate, verdict }) => gate === name && verdict !== "pass"),
  );
  switch (detail["decision"]) {
    case "rollback":
      return { waived, explained: explainFired(policy, judgement, workings.rollback) };
    case "hold":
    case "soak":
      return { waived, explained: explainGates(policy, judgement, waived, workings.gates, accumulated) };
    default:
      return { waived, explained: {} };
  }
};

const explainGates = (
  policy: Policy,
  { gates }: Judgement,
  waived: readonly GateName[],
  side: StoredSide | undefined,
  accumulated: EvidenceState,
): ExplainedRules["explained"] => {
  const standingOf = standingStored(accumulated);
  const explained = gates.flatMap(({ gate, verdict, reasons }) => {
    if (verdict === "pass" || waived.includes(gate)) return [];
    const rule = Object.hasOwn(policy.gates, gate) ? policy.gates[gate]?.rule : undefined;
    return explainRule(policy, { name: gate, rule, reasons, side, standingOf });
  });
  return Object.fromEntries(explained);
};

const explainFired = (
  policy: Policy,
  { rollback }: Judgement,
  side: StoredSide | undefined,
): ExplainedRules["explained"] => {
  const explained = rollback.flatMap(({ rule: name, verdict, reasons }) => {
    if (verdict !== "fired") return [];
    const rule = [...policy.rollback, ...FLOOR_RULES].find(({ id }) => id === name)?.when;
    return explainRule(policy, { name, rule, reasons, side, standingOf: () => null });
  });
  return Object.fromEntries(explained);
};

interface JudgedRule {
  readonly name: string;
  readonly rule: Rule | undefined;
  readonly reasons: readonly string[];
  readonly side: StoredSide | undefined;
  readonly standingOf: (use: EvidenceUse) => Standing | null;
}

/** One pair of name and explanation; none where it is not known any more how the rule was judged. */
const explainRule = (
  { params }: Policy,
  { name, rule, reasons, side, standingOf }: JudgedRule,
): readonly (readonly [string, Explanation])[] => {
  const working = side?.rules?.[name];
  if (rule === undefined || working === undefined) return [];
  const plan = planRule(substituteParams(rule, params ?? {}), STANDARD_OPERATIONS);
  if ("problem" in plan) return [];
  const whyAbsent = (path: string): string => saidOf(path, plan.names.get(path) ?? path, reasons);
  const data = { ...side?.values, facts: working.facts };
  return [[name, explainPlan(plan, { data, whyAbsent, standingOf })]];
};

/** The stored reasons say why a value was missing: "green.requests: no datapoint in that minute". */
const saidOf = (path: string, name: string, reasons: readonly string[]): string => {
  const said = reasons.find((reason) => reason.startsWith(`${name}: `) || reason.startsWith(`${path}: `));
  return said === undefined ? "no value" : said.slice(said.indexOf(": ") + 2);
};
