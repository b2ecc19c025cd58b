import { ARITHMETIC, uses } from "../expressions.ts";
import { type Finding, finding } from "../problem.ts";
import { isOfBluesHosts } from "./dead-blue.ts";
import { type Axis, type Effort, type Grid, gridOf } from "./grid.ts";
import type { Value } from "./points.ts";
import type { Condition, RuleTree } from "./rule-tree.ts";
import type { Variable } from "./variables.ts";

export type Use = "gate" | "rollback";

/**
 * As a signal gets worse a gate may only close and a rollback rule only fire. What does the contrary has its sign the wrong
 * way round, whatever was meant: no knowledge of the intent is needed. `and` and `or` change nothing about it, a negation
 * turns it round; so each condition is looked at by itself. Of states, which have an order of their own, `stateFindings` tells.
 */
export const directionFindings = (
  tree: RuleTree,
  { use, negated = false, effort }: { readonly use: Use; readonly negated?: boolean; readonly effort: Effort },
): readonly Finding[] => {
  if (tree.kind !== "condition") {
    const inside = tree.kind === "!" ? !negated : negated;
    return tree.parts.flatMap((part) => directionFindings(part, { use, negated: inside, effort }));
  }
  const grid = gridOf(tree, effort);
  const directed = grid.axes
    .map((axis, index) => ({ ...axis, index }))
    .filter((axis) => isDirected(axis.variable, tree, { use, negated }));
  // What helps a gate must not begin as things get worse; what helps a rollback rule must not end.
  const wrong = (use === "gate") !== negated ? "begins" : "ends";
  return directed.flatMap((axis) => {
    const found = firstTurn(grid, axis, wrong);
    return found === null ? [] : [sayTurn(tree.at, use, axis, found)];
  });
};

const isDirected = (
  { measure }: Variable,
  { open, rule }: Condition,
  { use, negated }: { readonly use: Use; readonly negated: boolean },
): boolean => {
  if (measure.worse === "none") return false;
  // Not seeing never rolls back, so a rollback rule may well ask for evidence first.
  if (measure.quality === true && use === "rollback") return false;
  // Nor does it go back to blue the sooner for blue's being gone: `deadBlueFindings` tells of what looks at nothing else.
  if (use === "rollback" && isOfBluesHosts(measure.paths)) return false;
  const isBlue = (each: Variable): boolean => each.measure.paths.every((path) => path.startsWith("blue."));
  // Where green is measured against blue, blue is the yardstick.
  if (
    measure.paths.length > 0 &&
    measure.paths.every((path) => path.startsWith("blue.")) &&
    !open.variables.every(isBlue)
  )
    return false;
  if (measure.type !== "number") return true;
  const [best, worst] = measure.worse === "down" ? [measure.most, measure.least] : [measure.least, measure.most];
  // An equality with no best end in reach cannot be the wrong way round: exactly four hosts.
  return best !== null || !pins(rule, (use === "gate") !== negated, worst);
};

/**
 * Whether a condition asks for exactly one value, which may be as good as there is: by an equality where it helps a gate, by
 * an inequality where it is what a rollback rule waits for. The worst value is as good for nobody.
 */
const pins = (rule: unknown, helps: boolean, worst: number | null): boolean => {
  const equalities = equalitiesIn(rule, helps);
  return (
    equalities.length > 0 &&
    equalities.every(({ held, operands }) => held && (worst === null || !operands.flat().includes(worst)))
  );
};

interface Equality {
  /** It asks for the value, and not for any other one. */
  readonly held: boolean;
  readonly operands: readonly unknown[];
}

const equalitiesIn = (rule: unknown, helps: boolean): readonly Equality[] => {
  if (typeof rule !== "object" || rule === null) return [];
  if (Array.isArray(rule)) return rule.flatMap((part) => equalitiesIn(part, helps));
  return Object.entries(rule).flatMap(([operator, inside]): readonly Equality[] => {
    const operands: readonly unknown[] = [inside].flat();
    const held = !uses(operands, ARITHMETIC);
    if (operator === "===" || operator === "==" || operator === "in") return [{ held: helps && held, operands }];
    if (operator === "!==" || operator === "!=") return [{ held: !helps && held, operands }];
    return equalitiesIn(inside, operator === "!" || operator === "none" ? !helps : helps);
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
        `${said} the gate holds at the first and opens at the second; turn the comparison round`,
      )
    : finding(
        "rollback-backwards",
        at,
        `${said} the rule fires at the first and not at the second; turn the comparison round`,
      );
};

const say = (value: Value): string => (typeof value === "number" ? `${Number(value.toPrecision(6))}` : String(value));
