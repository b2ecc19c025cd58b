import type { Operations } from "../../operations/operation.ts";
import { substituteParams } from "../../params.ts";
import type { Finding } from "../problem.ts";
import type { PlacedRule } from "../rule.ts";
import { directionFindings } from "./direction.ts";
import { reachFindings } from "./reachability.ts";
import { ruleTree } from "./rule-tree.ts";

/** What a rule that is written correctly means: whether it can pass and fail at all, and the right way round. */
export const meaningFindings = (
  { rule, at }: PlacedRule,
  params: Readonly<Record<string, number>>,
  operations: Operations,
): readonly Finding[] => {
  const tree = ruleTree(substituteParams(rule, params), at, operations);
  if (tree === null) return [];
  const use = at.startsWith("/rollback/") ? "rollback" : "gate";
  const reach = reachFindings(tree, use);
  // What always says the same has no direction.
  return reach.some(({ level }) => level === "error") ? reach : [...reach, ...directionFindings(tree, use)];
};
