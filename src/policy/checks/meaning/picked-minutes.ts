import { uses } from "../expressions.ts";
import type { Condition, RuleTree } from "./rule-tree.ts";
import { expressionOf } from "./threshold.ts";

/**
 * Whether several conditions each need some minute of a window for the parts to come to this together. It may be another
 * minute for each, and of minutes that are all alike nobody would see it.
 */
export const pickMinutes = (parts: readonly RuleTree[], wanted: boolean): boolean =>
  parts.reduce((picked, part) => picked + minutesPicked(part, wanted), 0) > 1;

const minutesPicked = (part: RuleTree, wanted: boolean): number => {
  if (part.kind === "condition") return minutesOf(part, wanted);
  const sumOf = (picked: (inside: RuleTree) => number): number =>
    part.parts.reduce((sum, inside) => sum + picked(inside), 0);
  if (part.kind === "!" || part.kind === "!!")
    return sumOf((inside) => minutesPicked(inside, part.kind === "!" ? !wanted : wanted));
  // What is wanted of an `or` within an `and` depends on the others.
  return sumOf((inside) => Math.max(minutesPicked(inside, true), minutesPicked(inside, false)));
};

const CHOOSING: ReadonlySet<string> = new Set(["filter"]);

const minutesOf = ({ open, rule }: Condition, wanted: boolean): number => {
  if (open.windows.length === 0) return 0;
  // Of minutes that are chosen there has to be one, whatever they come to.
  if (uses(rule, CHOOSING)) return 1;
  const operator = expressionOf(rule)?.operator;
  if (operator === "some") return wanted ? 1 : 0;
  return operator === "all" || operator === "none" ? Number(!wanted) : 1;
};
