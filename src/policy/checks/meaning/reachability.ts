import type { JsonValue } from "../../../kernel/json.ts";
import type { Operations } from "../../operations/operation.ts";
import { expressionsOf } from "../expressions.ts";
import { type Finding, finding } from "../problem.ts";
import type { PlacedRule } from "../rule.ts";
import { asTruth, asVerdict, type Effort, type Grid, gridOf } from "./grid.ts";
import { pickMinutes } from "./picked-minutes.ts";
import { independentGroups, type RuleTree, ruleTree } from "./rule-tree.ts";

/** What a rule can come to. Claims only what it is sure of: where not everything was looked at, both. */
interface Reach {
  readonly canHold: boolean;
  readonly canFail: boolean;
  /** The smallest parts that always come to the same. */
  readonly fixed: readonly Fixed[];
}

interface Fixed {
  readonly at: string;
  readonly holds: boolean;
  /** Parts that can each hold and fail, and cannot together. */
  readonly together: boolean;
}

/**
 * Whether a rule can hold, and whether it can fail, at any values of what it reads.
 *
 * @param truthIn - What counts as true of what the tree comes to: of a part that is asked for its truth, more than of a rule.
 */
const reachOf = (tree: RuleTree, effort: Effort, truthIn = asVerdict): Reach => {
  if (tree.kind === "condition")
    return withItself(reachOn(gridOf(tree, effort, truthIn)), { at: tree.at, together: false }, []);
  // An `and` or `or` comes to its last part where no other decides; of any other its truth is asked, be it a number's.
  const isAnswer = (part: RuleTree): boolean =>
    (tree.kind === "and" || tree.kind === "or") && part === tree.parts.at(-1);
  const truthOfPart = (part: RuleTree) => (isAnswer(part) ? truthIn : asTruth);
  const parts = tree.parts.map((part) => reachOf(part, effort, truthOfPart(part)));
  const fixed = parts.flatMap((part) => part.fixed);
  const [first] = parts;
  if (tree.kind === "!" && first) return { canHold: first.canFail, canFail: first.canHold, fixed };
  const groups = independentGroups(tree.parts).map((group) => {
    const alone = parts[tree.parts.indexOf(group[0] ?? tree)];
    return groupReach({ kind: tree.kind, group, alone, truthIn: truthOfPart(group.at(-1) ?? tree) }, effort);
  });
  // The truth of one part is that of an `or` of it alone.
  const every = (reach: "canHold" | "canFail"): boolean => groups.every((group) => group[reach]);
  const some = (reach: "canHold" | "canFail"): boolean => groups.some((group) => group[reach]);
  const own =
    tree.kind === "and"
      ? { canHold: every("canHold"), canFail: some("canFail") }
      : { canHold: some("canHold"), canFail: every("canFail") };
  return withItself(own, { at: tree.at, together: true }, fixed);
};

/** A fixed part explains why the whole is fixed; without one, the whole is named itself. */
const withItself = (own: Omit<Reach, "fixed">, itself: Omit<Fixed, "holds">, inside: readonly Fixed[]): Reach => {
  const isFixed = own.canHold !== own.canFail;
  return { ...own, fixed: isFixed && inside.length === 0 ? [{ ...itself, holds: own.canHold }] : inside };
};

interface Group {
  readonly kind: RuleTree["kind"];
  readonly group: readonly RuleTree[];
  /** What is known of its first part already. */
  readonly alone: Reach | undefined;
  readonly truthIn: typeof asTruth;
}

const groupReach = ({ kind, group, alone, truthIn }: Group, effort: Effort): Omit<Reach, "fixed"> => {
  if (group.length === 1 && alone !== undefined) return alone;
  if (pickMinutes(group, kind !== "or")) return { canHold: true, canFail: true };
  return reachOn(gridOf({ kind: kind === "or" ? "or" : "and", parts: group, at: "" }, effort, truthIn));
};

const reachOn = (grid: Grid): Omit<Reach, "fixed"> => {
  if (!grid.whole) return { canHold: true, canFail: true };
  let canHold = false;
  let canFail = false;
  grid.visit((indexes) => {
    const truth = grid.truthAt(indexes);
    if (truth === true) canHold = true;
    if (truth === false) canFail = true;
  });
  // What has a truth anywhere may have the other one where nobody looked.
  return grid.beyondPoints && (canHold || canFail) ? { canHold: true, canFail: true } : { canHold, canFail };
};

/** A rule that always says the same, and parts of one that do. `passes`: for gates; else for rollback rules. */
export const reachFindings = (tree: RuleTree, use: "gate" | "rollback", effort: Effort): readonly Finding[] => {
  const { canHold, canFail, fixed } = reachOf(tree, effort);
  if (canHold && canFail) return fixed.map(idlePart);
  if (!canHold && !canFail)
    return [finding("never-known", tree.at, "this has no truth at any value; it would hold for ever")];
  const [reason] = fixed;
  const at = reason?.at ?? tree.at;
  const because = reason?.together === true ? ": its parts together allow nothing else" : " whatever the signals are";
  if (use === "gate")
    return [
      canHold
        ? finding(
            "never-fails",
            at,
            `the gate can never fail: this is true${because}. Only silence would hold; for that there is "known"`,
          )
        : finding("never-passes", at, `the gate can never pass: this is false${because}. The step could never be left`),
    ];
  return [
    canHold
      ? finding("always-fires", at, `the rule always fires: this is true${because}`)
      : finding("never-fires", at, `the rule can never fire: this is false${because}. It protects from nothing`),
  ];
};

/** Conditions of an `if` that are always decided: one of its branches is never taken. They are no parts of a tree. */
export const choiceFindings = ({ rule, at }: PlacedRule, operations: Operations, effort: Effort): readonly Finding[] =>
  expressionsOf(rule)
    .filter(({ operator, scope }) => (operator === "if" || operator === "?:") && scope === "data")
    .flatMap(({ operands, operandAt }) =>
      operands.flatMap((operand, index) => {
        if (index % 2 !== 0 || index === operands.length - 1) return [];
        const tree = ruleTree(operand as JsonValue, `${at}${operandAt(index)}`, operations);
        return tree === null ? [] : reachOf(tree, effort, asTruth).fixed.map(idlePart);
      }),
    );

const idlePart = ({ at, holds }: Fixed): Finding =>
  finding("idle-part", at, `this is always ${holds} and changes nothing; correct it, or remove it`);
