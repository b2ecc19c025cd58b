import type { JsonValue } from "../../../kernel/json.ts";
import type { Operations } from "../../operations/operation.ts";
import { substituteParams } from "../../params.ts";
import type { Policy, Rule } from "../../policy-file.ts";
import { boundFindings } from "../bounds.ts";
import { type Finding, finding } from "../problem.ts";
import { roleFindings } from "../roles.ts";
import { type PlacedRule, paramsIn } from "../rule.ts";
import { truthFindings } from "../types.ts";
import { unitFindings } from "../units.ts";
import { unmeasuredInRule } from "../unmeasured.ts";
import { blindRollbackFindings } from "./blind-rollback.ts";
import { deadBlueFindings } from "./dead-blue.ts";
import { directionFindings } from "./direction.ts";
import { type FalseRollbackForecast, falseRollbackFindings, falseRollbackForecasts } from "./false-rollback.ts";
import type { Effort } from "./grid.ts";
import { hysteresisFindings, type Trees } from "./hysteresis.ts";
import { type ProofForecast, proofFindings, proofForecasts } from "./proof.ts";
import { choiceFindings, reachFindings } from "./reachability.ts";
import { type RuleTree, ruleTree } from "./rule-tree.ts";
import { stateFindings } from "./state-direction.ts";
import { togetherFindings } from "./together.ts";
import { tooLongWindowFindings } from "./too-long-windows.ts";
import { trafficFindings } from "./traffic.ts";

/** Evaluated in well under a second. An ordinary policy needs a hundredth of it. */
const MOST_CONDITIONS = 100_000;

/**
 * What a policy means whose rules are written correctly. A rule: whether it can pass and fail at all, and the right way
 * round. The policy: whether its gates can pass together, and not where a rollback rule fires.
 *
 * @param placed - The rules whose form is right.
 * @param policy - null where the policy's own form is not right; then only its rules are looked at.
 */
export const meaningFindings = (
  file: JsonValue,
  placed: readonly PlacedRule[],
  policy: Policy | null,
  operations: Operations,
): readonly Finding[] => {
  const params = paramsIn(file);
  const effort: Effort = { left: MOST_CONDITIONS };
  const ofRules = placed.flatMap((rule) => ruleMeaning(rule, { params, operations, effort }));
  if (policy === null || ofRules.some(({ level }) => level === "error")) return ofRules;
  const trees = treesOf(policy, operations);
  const { proofs, falseRollbacks } = forecast(policy, trees);
  const ofSeveral = [
    ...togetherFindings(policy, trees.gates, effort),
    ...hysteresisFindings(policy, trees, { operations, effort }),
  ];
  return [
    ...ofRules,
    ...ofSeveral,
    ...(effort.left > 0 && effort.fellShort !== true
      ? []
      : [
          finding(
            "not-all-examined",
            "/gates",
            "the rules are too many or too long to be looked at in full; some mistakes may stay unseen. Split the policy, or shorten its rules",
          ),
        ]),
    ...trafficFindings(policy, trees.gates, operations),
    ...tooLongWindowFindings(policy, trees.gates, operations),
    ...proofFindings(proofs),
    ...falseRollbackFindings(falseRollbacks),
  ];
};

/** What can be said beforehand of how a policy will do at the traffic it expects. */
export interface Forecast {
  readonly proofs: readonly ProofForecast[];
  readonly falseRollbacks: readonly FalseRollbackForecast[];
}

/** For a policy that the linter has no error against. */
export const forecastOf = (policy: Policy, operations: Operations): Forecast =>
  forecast(policy, treesOf(policy, operations));

const forecast = (policy: Policy, { gates, rollback }: Trees): Forecast => ({
  proofs: proofForecasts(policy, gates),
  falseRollbacks: falseRollbackForecasts(policy, gates, rollback),
});

const treesOf = (policy: Policy, operations: Operations): Trees => {
  // What is said of them is said by the places where they are asked.
  const treeOf = (rule: Rule): RuleTree | null => ruleTree(substituteParams(rule, policy.params ?? {}), "", operations);
  const gates = Object.entries(policy.gates).flatMap(([name, { rule }]) => {
    const tree = treeOf(rule);
    return tree === null ? [] : [[name, tree] as const];
  });
  return {
    gates: new Map(gates),
    rollback: policy.rollback.map(({ when }) => treeOf(when)),
  };
};

interface Looking {
  readonly params: Readonly<Record<string, number>>;
  readonly operations: Operations;
  readonly effort: Effort;
}

const ruleMeaning = ({ rule, at }: PlacedRule, { params, operations, effort }: Looking): readonly Finding[] => {
  const substituted = substituteParams(rule, params);
  const use = at.startsWith("/rollback/") ? "rollback" : "gate";
  const found = [
    ...truthFindings(substituted, operations),
    ...unitFindings(rule, params, operations),
    ...roleFindings(substituted, use),
    ...boundFindings(substituted, use),
    ...unmeasuredInRule(substituted, use, operations),
  ];
  const written = found.map((each) => ({ ...each, pointer: `${at}${each.pointer}` }));
  const tree = ruleTree(substituted, at, operations);
  if (tree === null || written.some(({ level }) => level === "error")) return written;
  const reach = [...reachFindings(tree, use, effort), ...choiceFindings({ rule: substituted, at }, operations, effort)];
  // What always says the same has no direction.
  if (reach.some(({ level }) => level === "error")) return [...written, ...reach];
  const turned = [...directionFindings(tree, { use, effort }), ...stateFindings(tree, { use, effort })];
  if (use === "gate") return [...written, ...reach, ...turned];
  return [...written, ...reach, ...turned, ...deadBlueFindings(tree), ...blindRollbackFindings(tree, effort)];
};
