import type { JsonValue } from "../../../kernel/json.ts";
import { compileLogic } from "../../logic/compile.ts";
import { truthy } from "../../logic/judged.ts";
import { walkPlan } from "../../logic/walk.ts";
import { dataAt, representativePoints, toldApart, type Value } from "./points.ts";
import { conditionsOf, logicOf, type RuleTree, variablesOf } from "./rule-tree.ts";
import type { OpenExpression, Variable } from "./variables.ts";

/** More points than this are thinned out: then what is seen is real, and what is not seen proves nothing. */
const MOST_POINTS = 5_000;
/** A condition with more combinations than this is not looked at. */
const MOST_COMBINATIONS = 1e12;

/** So many points lie between two limits, if no more: the one just above the lower, and the one just below the upper. */
const BETWEEN_LIMITS = 2;

export interface Axis {
  readonly variable: Variable;
  /** From better to worse, where there is such a direction. */
  readonly points: readonly Value[];
}

/** What a rule comes to at every combination of its variables' representative points. */
export interface Grid {
  readonly axes: readonly Axis[];
  /** Whether every combination was looked at. */
  readonly whole: boolean;
  /** It may come elsewhere to what it comes to at none of the points. */
  readonly beyondPoints: boolean;
  /** By the indexes of the points, one an axis; null where the rule has no truth there. */
  readonly truthAt: (indexes: readonly number[]) => boolean | null;
  /** Calls with the indexes of every combination looked at. */
  readonly visit: (look: (indexes: readonly number[]) => void) => void;
}

/** How many conditions may still be evaluated for a policy, however many rules it has; counts down. */
export interface Effort {
  left: number;
  /** A rule would have been looked at in full, had there been more left. */
  fellShort?: true;
}

/** Evaluated by the judge itself, each combination at most once. `truthIn`: what counts as true. */
export const gridOf = (tree: RuleTree, effort: Effort, truthIn: TruthIn = asTruth): Grid => {
  const axes = variablesOf(tree).map(({ variable, literals }) => ({
    variable,
    points: representativePoints(variable.measure, toldApart(literals)),
  }));
  const opened = conditionsOf(tree).map(({ open }) => open);
  const minutes = {
    rows: Math.max(...opened.map(({ rows }) => rows)),
    windows: opened.flatMap(({ windows }) => windows),
  };
  let truth: ReturnType<typeof truthOf> | null = null;
  const known = new Map<number, boolean | null>();
  const truthAt = (indexes: readonly number[]): boolean | null => {
    const key = axes.reduce((number, { points }, axis) => number * points.length + (indexes[axis] ?? 0), 0);
    const before = known.get(key);
    if (before !== undefined) return before;
    const placed = withoutGone(
      axes.map(({ variable, points }, axis) => ({
        variable,
        place: variable.place,
        value: points[indexes[axis] ?? 0] ?? 0,
      })),
    );
    effort.left -= opened.length;
    truth ??= truthOf(logicOf(tree), truthIn);
    const answer = truth(dataAt(placed, minutes));
    known.set(key, answer);
    return answer;
  };
  const most = Math.max(0, Math.min(MOST_POINTS, Math.floor(effort.left / opened.length)));
  const size = sizeOf(axes);
  if (most < size && size <= MOST_POINTS) effort.fellShort = true;
  const beyondPoints = opened.some((each) => each.beyondPoints) || areBeyondPoints(opened, axes);
  return { axes, whole: size <= most, beyondPoints, truthAt, visit: (look) => visit(axes, most, look) };
};

/**
 * Whether conditions together ask for more than the points tell apart: something reckoned of several values beside another
 * condition, or more numbers compared with each other than any of them has points, or has between two limits.
 */
const areBeyondPoints = (opened: readonly OpenExpression[], axes: readonly Axis[]): boolean => {
  if (opened.length > 1 && opened.some(({ reckonsBetween }) => reckonsBetween)) return true;
  const compared = new Set(opened.flatMap(({ variables }) => (variables.length > 1 ? variables : [])));
  const keys = new Set([...compared].map(({ key }) => key));
  const numbers = axes.filter(({ variable }) => variable.measure.type === "number" && keys.has(variable.key));
  const limited = opened.some(({ literals }) => literals.length > 0);
  return numbers.length > (limited ? BETWEEN_LIMITS : Math.min(...numbers.map(({ points }) => points.length)));
};

interface Placed {
  readonly variable: Variable;
  readonly place: readonly string[];
  readonly value: Value;
}

/** A signal that is said to have no value has none. */
const withoutGone = (placed: readonly Placed[]): readonly Placed[] => {
  const gone = placed.flatMap(({ variable: { sightOf }, value }) =>
    sightOf !== undefined && value === sightOf.goneAt ? [sightOf.path] : [],
  );
  return gone.length === 0 ? placed : placed.filter(({ variable }) => !gone.includes(variable.key));
};

type TruthIn = (value: JsonValue) => boolean | null;

/** As JSON-logic asks an operand. */
export const asTruth: TruthIn = truthy;
/** As a verdict is read: exactly true, or exactly false. */
export const asVerdict: TruthIn = (value) => (typeof value === "boolean" ? value : null);

export const truthOf = (logic: JsonValue, truthIn = asTruth): ((data: JsonValue) => boolean | null) => {
  const plan = compileLogic(logic);
  return (data) => {
    const { result } = walkPlan(plan, data, () => "no value");
    return result.kind === "known" ? truthIn(result.value) : null;
  };
};

/**
 * Calls with the indexes of every combination, or of so many of them. In steps that share no factor with their number, so
 * that thinning leaves out no point of any axis.
 */
export const visit = (
  axes: readonly Pick<Axis, "points">[],
  most: number,
  look: (indexes: readonly number[]) => void,
): void => {
  const size = sizeOf(axes);
  const looks = size > MOST_COMBINATIONS ? 0 : Math.min(size, most);
  if (looks === 0) return;
  const stride = size <= most ? 1 : coprimeTo(size, Math.floor(size / most));
  for (let count = 0, number = 0; count < looks; count += 1, number = (number + stride) % size) {
    let rest = number;
    look(
      axes.map(({ points }) => {
        const index = rest % points.length;
        rest = Math.floor(rest / points.length);
        return index;
      }),
    );
  }
};

const sizeOf = (axes: readonly Pick<Axis, "points">[]): number =>
  axes.reduce((product, { points }) => product * points.length, 1);

const coprimeTo = (size: number, from: number): number => {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return gcd(size, from) === 1 ? from : coprimeTo(size, from + 1);
};
