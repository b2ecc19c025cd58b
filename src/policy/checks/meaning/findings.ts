import type { JsonValue } from "../../../kernel/json.ts";
import type { Operations } from "../../operations/operation.ts";
import { substituteParams } from "../../params.ts";
import type { Policy } from "../../policy-file.ts";
import type { Finding } from "../problem.ts";
import { type PlacedRule, paramsIn } from "../rule.ts";
import { truthFindings } from "../types.ts";
import { unitFindings } from "../units.ts";
import { directionFindings } from "./direction.ts";
import { hysteresisFindings } from "./hysteresis.ts";
import { reachFindings } from "./reachability.ts";
import { type RuleTree, ruleTree } from "./rule-tree.ts";
import { togetherFindings } from "./together.ts";

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
  const looked = placed.map((rule) => ({ ...lookAt(rule, params, operations), at: rule.at }));
  const ofRules = looked.flatMap(({ findings }) => findings);
  if (policy === null || ofRules.some(({ level }) => level === "error")) return ofRules;
  const trees = new Map(looked.flatMap(({ at, tree }) => (tree === null ? [] : [[at, tree] as const])));
  const gates = new Map(
    Object.keys(policy.gates).flatMap((gate) => {
      const tree = trees.get(`/gates/${gate}/rule`);
      return tree === undefined ? [] : [[gate, tree] as const];
    }),
  );
  const rollback = policy.rollback.map((_, index) => trees.get(`/rollback/${index}/when`) ?? null);
  return [
    ...ofRules,
    ...togetherFindings(policy, gates),
    ...hysteresisFindings(policy, { gates, rollback }, operations),
  ];
};

interface Looked {
  readonly findings: readonly Finding[];
  /** null where it is not understood. */
  readonly tree: RuleTree | null;
}

const lookAt = ({ rule, at }: PlacedRule, params: Readonly<Record<string, number>>, operations: Operations): Looked => {
  const substituted = substituteParams(rule, params);
  const found = [...truthFindings(substituted, operations), ...unitFindings(rule, params, operations)];
  const written = found.map((each) => ({ ...each, pointer: `${at}${each.pointer}` }));
  const tree = ruleTree(substituted, at, operations);
  if (tree === null || written.some(({ level }) => level === "error")) return { findings: written, tree };
  const use = at.startsWith("/rollback/") ? "rollback" : "gate";
  const reach = reachFindings(tree, use);
  // What always says the same has no direction.
  const turned = reach.some(({ level }) => level === "error") ? [] : directionFindings(tree, use);
  return { findings: [...written, ...reach, ...turned], tree };
};
