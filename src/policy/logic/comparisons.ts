import type { Comparison } from "../verdict.ts";
import { describe, operandList } from "./describe.ts";
import { Unknown, unknownBecause, type Value } from "./judged.ts";
import { isBySize, isComparison, MIRRORED, NEGATED } from "./relations.ts";
import type { Call } from "./scope.ts";
import { shown } from "./shown.ts";

/** How deep a search for data goes; rules that are judged are shallower. */
const DEEPEST = 64;

const readsData = (rule: unknown, depth = 0): boolean => {
  if (depth > DEEPEST || typeof rule !== "object" || rule === null) return false;
  return Object.entries(rule).some(
    ([operator, operands]) =>
      operator === "var" || operandList(operands).some((operand) => readsData(operand, depth + 1)),
  );
};

/** Two operands that are compared, and which of them is measured. */
interface Pair {
  readonly left: number;
  readonly right: number;
  readonly turned: boolean;
  readonly operator: string;
}

const pairOf = ({ operator, operands, place }: Call, left: number): Pair => {
  const right = left + 1;
  const turned = !readsData(operands[left]) && readsData(operands[right]);
  const facing = turned && isBySize(operator) ? MIRRORED[operator] : operator;
  return { left, right, turned, operator: place.negated ? (NEGATED[facing] ?? facing) : facing };
};

const UNDECIDED = unknownBecause();

/** Of a range, one of its two comparisons. */
const holdsBetween = (low: Value | undefined, high: Value | undefined, strict: boolean): Value => {
  if (typeof low !== "number" || typeof high !== "number") return UNDECIDED;
  return strict ? low < high : low <= high;
};

/** Adds the comparisons that one evaluation of an expression made, out of its result and its operands. */
export type AddComparisons = (comparisons: Comparison[], result: Value, operands: readonly Value[]) => void;

/**
 * The comparisons a relational call makes, as an operator reads them: what is measured on the left, its threshold on
 * the right; below a negation turned round, so that `holds` always means that it helps the gate. `a < x < c` is read
 * as two comparisons of x, each with its own threshold. null where the call compares nothing.
 */
export const comparisonsOf = (call: Call): AddComparisons | null => {
  if (!isComparison(call.operator)) return null;
  const count = call.operands.length - 1;
  const { negated } = call.place;
  const strict = call.operator === "<";
  // Found out when it is first asked for: most rules of a batch are evaluated once, and by nobody who reads this.
  let pairs: readonly (Pair & { readonly what: string })[] | null = null;
  const described = () =>
    Array.from({ length: Math.min(count, 2) }, (_, left) => pairOf(call, left)).map((pair) => ({
      ...pair,
      what: describe(call.operands[pair.turned ? pair.right : pair.left], call.nameOf),
    }));
  return (comparisons, result, operands) => {
    pairs ??= described();
    for (const pair of pairs) {
      const holds = count === 1 ? result : holdsBetween(operands[pair.left], operands[pair.right], strict);
      const [measured, limit] = pair.turned ? [pair.right, pair.left] : [pair.left, pair.right];
      comparisons.push({
        what: pair.what,
        value: shown(operands[measured] as Value),
        operator: pair.operator,
        threshold: shown(operands[limit] as Value),
        holds: holds instanceof Unknown ? null : (holds === true) !== negated,
      });
    }
  };
};
