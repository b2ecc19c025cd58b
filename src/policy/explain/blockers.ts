import type { JsonValue } from "../../kernel/json.ts";
import { compileLogic } from "../logic/compile.ts";
import { describe, operandList } from "../logic/describe.ts";
import { truthy } from "../logic/judged.ts";
import { pointerPart } from "../logic/scope.ts";
import { walkPlan } from "../logic/walk.ts";
import type { Comparison } from "../verdict.ts";

/** A condition that would have to come out otherwise for the verdict to be another one. */
export interface Blocker {
  /** JSON pointer into the rule as it is written. */
  readonly at: string;
  readonly what: string;
  /** What it comes to now; null where that is unknown. */
  readonly value: JsonValue;
  /** Why it is unknown; empty where it is known. */
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/** What the rule is looked at with. */
interface View {
  readonly data: JsonValue;
  readonly nameOf: (path: string) => string;
  readonly whyAbsent: (path: string) => string;
  /** The operation in whose place a `var` reads this path; undefined where it was written so. */
  readonly operationOf: (path: unknown) => string | undefined;
}

interface Node {
  readonly rule: unknown;
  readonly at: string;
}

/**
 * The fewest conditions that have to change for a rule to come to the other truth: to true where it is false or unknown,
 * to false where it is true. Of an `and` that is every one that is not true, of an `or` the nearest alone.
 */
export const blockersOf = (residual: JsonValue, view: View): readonly Blocker[] => {
  const whole = { rule: residual, at: "" };
  return blocking(whole, truthOf(whole, view) !== true, view);
};

const truthOf = ({ rule }: Node, { data, whyAbsent }: View): boolean | null => {
  const { result } = walkPlan(compileLogic(rule), data, whyAbsent);
  return result.kind === "known" ? truthy(result.value) : null;
};

const blocking = (node: Node, wanted: boolean, view: View): readonly Blocker[] => {
  if (truthOf(node, view) === wanted) return [];
  const { operator, operands } = partsOf(node);
  if (operator === "!") return operands.flatMap((operand) => blocking(operand, !wanted, view));
  if (operator === "!!") return operands.flatMap((operand) => blocking(operand, wanted, view));
  if ((operator !== "and" && operator !== "or") || operands.length === 0) return [blockerAt(node, view)];
  const each = operands.map((operand) => blocking(operand, wanted, view));
  const all = (operator === "and") === wanted;
  return all ? each.flat() : each.reduce((nearest, other) => (isNearer(other, nearest) ? other : nearest));
};

/** Fewer conditions are nearer; of as many those whose values lack least, each by the size of its threshold. */
const isNearer = (one: readonly Blocker[], other: readonly Blocker[]): boolean =>
  one.length < other.length || (one.length === other.length && lacking(one) < lacking(other));

const lacking = (blockers: readonly Blocker[]): number => Math.max(0, ...blockers.map(lackOf));

/** Of a range the end that does not hold; where both hold, the end that is nearer. */
const lackOf = ({ comparisons }: Blocker): number => {
  const open = comparisons.filter(({ holds }) => holds !== true);
  return open.length > 0 ? Math.max(...open.map(distanceOf)) : Math.min(...comparisons.map(distanceOf));
};

/** What is unknown, or compared with no number, lacks more than any number does. */
const distanceOf = ({ value, threshold }: Comparison): number =>
  typeof value === "number" && typeof threshold === "number"
    ? Math.min(Math.abs(value - threshold) / Math.max(Math.abs(threshold), Number.MIN_VALUE), Number.MAX_VALUE)
    : Number.POSITIVE_INFINITY;

const partsOf = ({ rule, at }: Node): { readonly operator: string | null; readonly operands: readonly Node[] } => {
  const entries = typeof rule === "object" && rule !== null && !Array.isArray(rule) ? Object.entries(rule) : [];
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) return { operator: null, operands: [] };
  const [operator, written] = entry;
  const inside = `${at}/${pointerPart(operator)}`;
  const operands = operandList(written).map((operand, index) => ({
    rule: operand,
    at: Array.isArray(written) ? `${inside}/${index}` : inside,
  }));
  return { operator, operands };
};

const blockerAt = (node: Node, { data, nameOf, whyAbsent, operationOf }: View): Blocker => {
  const { operator, operands } = partsOf(node);
  const written = (operator === "var" ? operationOf(operands[0]?.rule) : undefined) ?? operator;
  const { result, comparisons } = walkPlan(compileLogic(node.rule, nameOf), data, whyAbsent);
  return {
    at: written === null ? node.at : `${node.at}/${pointerPart(written)}`,
    what: describe(node.rule, nameOf),
    value: result.kind === "known" ? result.value : null,
    reasons: result.kind === "known" ? [] : result.reasons,
    comparisons,
  };
};
