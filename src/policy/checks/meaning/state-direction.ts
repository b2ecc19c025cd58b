import { type Finding, finding } from "../problem.ts";
import type { Use } from "./directed.ts";
import { sayTurn, type Turn, truthsAlong } from "./direction.ts";
import { type Axis, type Effort, type Grid, gridOf } from "./grid.ts";
import type { Value } from "./points.ts";
import { conditionsOf, type RuleTree, variablesOf } from "./rule-tree.ts";
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
      const asking = partOn(tree, comparedWith(tree, variable));
      if (asking === null) return [];
      const turned = turnFindings(asking, variable, { use, effort });
      return turned.length > 0 || use === "rollback" ? turned : standstillFindings(asking, variable, effort);
    });

/** RUNNING, and what comes back to it by itself. */
const CARRIES_OVER: ReadonlySet<Value> = new Set(["RUNNING", "RESTARTING"]);

/** A stream that stands still has no lag and no errors: what is meant to watch it must not open there. */
const standstillFindings = (tree: RuleTree, variable: Variable, effort: Effort): readonly Finding[] => {
  const grid = gridOf(tree, effort);
  const index = grid.axes.findIndex((axis) => axis.variable.key === variable.key);
  const axis = grid.axes[index];
  if (axis === undefined) return [];
  const open = new Set<Value>();
  grid.visit((indexes) => {
    const state = axis.points[indexes[index] ?? 0];
    if (state !== undefined && !CARRIES_OVER.has(state) && grid.truthAt(indexes) === true) open.add(state);
  });
  if (open.size === 0) return [];
  const where = [...open].join(", ");
  const why = `the gate opens at ${where} as well, where ${variable.name.split(".")[0]} carries nothing over and has no lag`;
  return [finding("opens-at-standstill", placeOf(tree), `${why}; ask for "RUNNING"`)];
};

/** A variable, and those that it is compared with: what is asked of them it is asked too. */
const comparedWith = (tree: RuleTree, variable: Variable): ReadonlySet<string> => {
  const keys = conditionsOf(tree).map(({ open }) => open.variables.map(({ key }) => key));
  return new Set([variable.key, ...keys.filter((each) => each.includes(variable.key)).flat()]);
};

/** What a tree asks of variables: without the parts of an `and` or `or` that read none of them. */
const partOn = (tree: RuleTree, keys: ReadonlySet<string>): RuleTree | null => {
  if (tree.kind === "condition") return tree.open.variables.some(({ key }) => keys.has(key)) ? tree : null;
  const parts = tree.parts.flatMap((part) => partOn(part, keys) ?? []);
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
