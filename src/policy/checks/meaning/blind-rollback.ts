import { type Finding, finding } from "../problem.ts";
import { type Axis, type Effort, gridOf } from "./grid.ts";
import type { RuleTree } from "./rule-tree.ts";

/**
 * A rollback rule that fires because something is not seen, with everything that is seen in order. Metrics are late in
 * most minutes, and not knowing never sends traffic back by itself: being blind for too long is `blind`'s matter.
 */
export const blindRollbackFindings = (tree: RuleTree, effort: Effort): readonly Finding[] => {
  const grid = gridOf(tree, effort);
  const unseen = grid.axes.filter(({ variable }) => variable.measure.quality === true);
  const firesWhen = (seen: boolean, busy: boolean): boolean =>
    grid.truthAt(grid.axes.map((axis) => pointOf(axis, { seen, busy }))) === true;
  const blinded = [false, true].some((busy) => firesWhen(false, busy) && !firesWhen(true, busy));
  if (!blinded) return [];
  const names = unseen.map(({ variable }) => variable.name).join(", ");
  const why = `by ${names} alone the rule fires where nothing is wrong and something is not seen`;
  return [
    finding("blind-rollback", tree.at, `${why}; metrics are often late. Name what has to stay in sight in "blind"`),
  ];
};

/** Of a measure that has a worse direction, the best or, of how well pawl sees, the worst; of others either end. */
const pointOf = (
  { variable: { measure }, points }: Axis,
  { seen, busy }: { readonly seen: boolean; readonly busy: boolean },
): number => {
  const last = points.length - 1;
  if (measure.quality === true) return seen ? 0 : last;
  return busy && measure.worse === "none" && measure.values === undefined ? last : 0;
};
