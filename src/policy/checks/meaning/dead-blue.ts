import { type Finding, finding } from "../problem.ts";
import { type RuleTree, variablesOf } from "./rule-tree.ts";

/** What tells whether anybody is there to take the traffic back. */
const BLUES_HOSTS: ReadonlySet<string> = new Set(["blue.healthyHosts", "blue.unhealthyHosts", "blue.readyPercent"]);

export const isOfBluesHosts = (paths: readonly string[]): boolean =>
  paths.length > 0 && paths.every((path) => BLUES_HOSTS.has(path));

/**
 * A rollback rule, or what is enough for it, that looks at blue's hosts and at nothing else, and so sends all traffic
 * to them as they go. It may ask for them beside what is wrong with green.
 */
export const deadBlueFindings = (tree: RuleTree, negated = false): readonly Finding[] => {
  // Either part is enough for an `or`, and for an `and` that is negated.
  if (tree.kind === (negated ? "and" : "or")) return tree.parts.flatMap((part) => deadBlueFindings(part, negated));
  const paths = variablesOf(tree).flatMap(({ variable }) => variable.measure.paths);
  if (isOfBluesHosts(paths)) {
    const why = `it looks at ${[...new Set(paths)].join(" and ")} alone, and all traffic would go to hosts that are going`;
    return [finding("onto-dead-blue", tree.at, `${why}. Make it a gate, or an alarm that somebody looks at`)];
  }
  const [inside] = tree.kind === "!" || tree.kind === "!!" ? tree.parts : [];
  return inside === undefined ? [] : deadBlueFindings(inside, tree.kind === "!" ? !negated : negated);
};
