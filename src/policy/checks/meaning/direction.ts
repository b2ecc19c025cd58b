import { briefNumber } from "../../../kernel/brief-number.ts";
import { type Finding, finding } from "../problem.ts";
import { isDirected, partsBesideGreen, type Use } from "./directed.ts";
import { type Axis, type Effort, type Grid, gridOf } from "./grid.ts";
import type { Value } from "./points.ts";
import { type RuleTree, variablesOf } from "./rule-tree.ts";
import type { Variable } from "./variables.ts";

/**
 * As a signal gets worse a gate may only close and a rollback rule only fire. What does the contrary has its sign the wrong
 * way round, whatever was meant: no knowledge of the intent is needed. `and` and `or` change nothing about it, a negation
 * turns it round; so each condition is looked at by itself. Of states, which have an order of their own, `stateFindings` tells.
 */
export const directionFindings = (
  tree: RuleTree,
  { use, effort }: { readonly use: Use; readonly effort: Effort },
): readonly Finding[] => {
  const turned = turnedIn(tree, { use, negated: false, effort });
  if (turned.length === 0) return [];
  // What another condition makes up for is no turn of the rule: "below 5, or from 5 on with something else".
  const grid = gridOf(tree, effort);
  const isSure = grid.whole && !grid.beyondPoints && !variablesOf(tree).some(({ variable }) => isOfWindow(variable));
  const turns = (key: string): boolean =>
    grid.axes.some(
      (axis, index) =>
        axis.variable.key === key && firstTurn(grid, { ...axis, index }, use === "gate" ? "begins" : "ends") !== null,
    );
  return turned.flatMap(({ found, key }) => (!isSure || turns(key) ? [found] : []));
};

/** Minutes of a window are all alike here, and in truth another of them may do what one does not. */
const isOfWindow = ({ place }: Variable): boolean => place[0] === "windows";

interface Turned {
  readonly found: Finding;
  /** The variable along which it turns. */
  readonly key: string;
}

interface Within {
  readonly use: Use;
  readonly negated: boolean;
  /** Something that is wrong with green is asked for as well. */
  readonly besideGreen?: boolean;
  readonly effort: Effort;
}

const turnedIn = (tree: RuleTree, { use, negated, besideGreen = false, effort }: Within): readonly Turned[] => {
  if (tree.kind !== "condition") {
    const inside = tree.kind === "!" ? !negated : negated;
    const beside = partsBesideGreen(tree, negated);
    return tree.parts.flatMap((part) =>
      turnedIn(part, { use, negated: inside, besideGreen: besideGreen || beside.has(part), effort }),
    );
  }
  const grid = gridOf(tree, effort);
  const directed = grid.axes
    .map((axis, index) => ({ ...axis, index }))
    .filter((axis) => isDirected(axis.variable, tree, { use, negated, besideGreen }));
  // What helps a gate must not begin as things get worse; what helps a rollback rule must not end.
  const wrong = (use === "gate") !== negated ? "begins" : "ends";
  return directed.flatMap((axis) => {
    const found = firstTurn(grid, axis, wrong);
    return found === null ? [] : [{ found: sayTurn(tree.at, use, axis, found), key: axis.variable.key }];
  });
};

export interface Turn {
  readonly better: Value;
  readonly worse: Value;
}

/** The first place along an axis where the truth begins, or ends, as the variable gets worse and nothing else changes. */
const firstTurn = (grid: Grid, axis: Axis & { readonly index: number }, wrong: "begins" | "ends"): Turn | null => {
  let found: Turn | null = null;
  grid.visit((indexes) => {
    if (found === null && indexes[axis.index] === 0) found = turnAlong(grid, axis, indexes, wrong === "begins");
  });
  return found;
};

/** The truth at the points of an axis, best first, where it can be told; nothing else changes. */
export const truthsAlong = (
  grid: Grid,
  { index, points }: Axis & { readonly index: number },
  from: readonly number[],
): readonly { readonly value: Value; readonly truth: boolean }[] =>
  points.flatMap((value, at) => {
    const truth = grid.truthAt(from.with(index, at));
    return truth === null ? [] : [{ value, truth }];
  });

const turnAlong = (
  grid: Grid,
  axis: Axis & { readonly index: number },
  from: readonly number[],
  wrong: boolean,
): Turn | null => {
  const seen = truthsAlong(grid, axis, from);
  for (const [at, { value, truth }] of seen.entries()) {
    const before = seen[at - 1];
    if (before !== undefined && before.truth !== truth && truth === wrong)
      return { better: before.value, worse: value };
  }
  return null;
};

export const sayTurn = (
  at: string,
  use: Use,
  { variable }: Pick<Axis, "variable">,
  { better, worse }: Turn,
): Finding => {
  const said = `${variable.name}: ${say(better)} is better than ${say(worse)}, and`;
  return use === "gate"
    ? finding(
        "gate-backwards",
        at,
        `${said} the gate holds at the first and opens at the second; ${askInstead(variable)}`,
      )
    : finding(
        "rollback-backwards",
        at,
        `${said} the rule fires at the first and not at the second; turn the comparison round`,
      );
};

/** Of states, turning "any but FAILED" round would ask for FAILED. */
const askInstead = ({ measure }: Variable): string => {
  const [best] = measure.values ?? [];
  return best === undefined ? "turn the comparison round" : `ask for "${best}"`;
};

const say = (value: Value): string => (typeof value === "number" ? briefNumber(value) : String(value));
