import type { Operations } from "../../operations/operation.ts";
import { substituteParams } from "../../params.ts";
import type { Finding } from "../problem.ts";
import type { PlacedRule } from "../rule.ts";
import { truthFindings } from "../types.ts";
import { unitFindings } from "../units.ts";
import { directionFindings } from "./direction.ts";
import { reachFindings } from "./reachability.ts";
import { ruleTree } from "./rule-tree.ts";

/** What a rule that is written correctly means: whether it can pass and fail at all, and the right way round. */
export const meaningFindings = (
  { rule, at }: PlacedRule,
  params: Readonly<Record<string, number>>,
  operations: Operations,
): readonly Finding[] => {
  const substituted = substituteParams(rule, params);
  const written = [...truthFindings(substituted, operations), ...unitFindings(rule, params, operations)].map(
    (found) => ({
      ...found,
      pointer: `${at}${found.pointer}`,
    }),
  );
  const tree = ruleTree(substituted, at, operations);
  if (tree === null || written.some(({ level }) => level === "error")) return written;
  const use = at.startsWith("/rollback/") ? "rollback" : "gate";
  const reach = reachFindings(tree, use);
  // What always says the same has no direction.
  const turned = reach.some(({ level }) => level === "error") ? [] : directionFindings(tree, use);
  return [...written, ...reach, ...turned];
};
