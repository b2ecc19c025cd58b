import type { GateName, Policy } from "../../policy-file.ts";
import { isTraffic } from "../gate-uses.ts";
import { conditionsOf, type RuleTree } from "./rule-tree.ts";

interface WayOn {
  /** As a finding calls it. */
  readonly name: string;
  /** Green's share while a rollback rule looks at what the gates have passed on. */
  readonly weight: number;
  readonly asked: readonly GateName[];
}

/**
 * The gates that traffic goes on by, each step's and the start's, beside the rollback rule that may send it back. What opens
 * the first step is held against the rule as it is judged in that step. Of green's traffic nothing is asked before
 * there is any, so there a rule that reads it tells nothing.
 */
export const waysOn = ({ start, steps }: Policy, rule: RuleTree): readonly WayOn[] => {
  const ways = steps.map(({ id, weight, promoteWhen }) => ({ name: `step "${id}"`, weight, asked: promoteWhen }));
  const paths = conditionsOf(rule).flatMap(({ open }) => open.variables.flatMap(({ measure }) => measure.paths));
  if (paths.some((path) => isTraffic(path, "green"))) return ways;
  return [...ways, { name: "start", weight: steps[0]?.weight ?? 0, asked: start.require }];
};
