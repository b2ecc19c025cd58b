import type { Finding } from "../problem.ts";
import { sayTurn, type Turn, truthsAlong, type Use } from "./direction.ts";
import { type Axis, type Effort, type Grid, gridOf } from "./grid.ts";
import { type RuleTree, variablesOf } from "./rule-tree.ts";
import type { Variable } from "./variables.ts";

interface Asked {
  readonly use: Use;
  readonly effort: Effort;
}

/**
 * Gates that open at a state and not at a better one, such as any but FAILED, which ABSENT is too; and rollback rules that
 * fire at the healthy state and not at another. All conditions on a state are looked at together: what one leaves open
 * the next may shut. A rollback rule may pick the states it is meant for.
 */
export const stateFindings = (tree: RuleTree, { use, effort }: Asked): readonly Finding[] =>
  variablesOf(tree)
    .filter(({ variable }) => variable.measure.values !== undefined)
    .flatMap(({ variable }) => {
      const asking = partOn(tree, variable);
      return asking === null ? [] : turnFindings(asking, variable, { use, effort });
    });

/** What a tree asks of a variable: without the parts of an `and` or `or` that do not read it. */
const partOn = (tree: RuleTree, variable: Variable): RuleTree | null => {
  if (tree.kind === "condition") return tree.open.variables.some(({ key }) => key === variable.key) ? tree : null;
  const parts = tree.parts.flatMap((part) => partOn(part, variable) ?? []);
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 && (tree.kind === "and" || tree.kind === "or") ? first : { ...tree, parts };
};

const turnFindings = (tree: RuleTree, variable: Variable, { use, effort }: Asked): readonly Finding[] => {
  const grid = gridOf(tree, effort);
  const index = grid.axes.findIndex((axis) => axis.variable.key === variable.key);
  const axis = grid.axes[index];
  if (axis === undefined) return [];
  let found: Turn | null = null;
  grid.visit((indexes) => {
    if (found === null && indexes[index] === 0) found = turnAlong(grid, { ...axis, index }, indexes, use);
  });
  return found === null ? [] : [sayTurn(placeOf(tree), use, axis, found)];
};

/** A negation is told of by what it negates. */
const placeOf = (tree: RuleTree): string => {
  const [first] = tree.kind === "!" || tree.kind === "!!" ? tree.parts : [];
  return first === undefined ? tree.at : placeOf(first);
};

const turnAlong = (
  grid: Grid,
  axis: Axis & { readonly index: number },
  from: readonly number[],
  use: Use,
): Turn | null => {
  const seen = truthsAlong(grid, axis, from);
  const wrong = use === "gate";
  const better = use === "gate" ? seen.find(({ truth }) => !truth) : seen.slice(0, 1).find(({ truth }) => truth);
  if (better === undefined) return null;
  const worse = seen.slice(seen.indexOf(better)).find(({ truth }) => truth === wrong);
  return worse === undefined ? null : { better: better.value, worse: worse.value };
};
