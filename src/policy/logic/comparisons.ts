import type { Comparison, Judged } from "../verdict.ts";
import { describe, operandList } from "./describe.ts";
import { shown } from "./judged.ts";
import type { Answer, Call } from "./scope.ts";

const MIRRORED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const NEGATED: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
  "===": "!==",
  "!==": "===",
};

/** How deep a search for data goes; rules that are judged are shallower. */
const DEEPEST = 64;

const readsData = (rule: unknown, depth = 0): boolean => {
  if (depth > DEEPEST || typeof rule !== "object" || rule === null) return false;
  if (Array.isArray(rule)) return rule.some((part) => readsData(part, depth + 1));
  return Object.entries(rule).some(
    ([operator, operands]) =>
      operator === "var" || operandList(operands).some((operand) => readsData(operand, depth + 1)),
  );
};

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly holds: Judged;
}

const betweenHolds = (left: Judged | undefined, right: Judged | undefined, strict: boolean): Judged => {
  const [low, high] = [left, right].map((part) => (part?.kind === "known" ? part.value : null));
  if (typeof low !== "number" || typeof high !== "number") return { kind: "unknown", reasons: [] };
  return { kind: "known", value: strict ? low < high : low <= high };
};

/** `a < x < c` is read as two comparisons of x, each with its own threshold. */
const pairsOf = (call: Call, { result, operands }: Answer): readonly Pair[] => {
  if (operands.length === 2) return [{ left: 0, right: 1, holds: result }];
  const strict = call.operator === "<";
  return [
    { left: 0, right: 1, holds: betweenHolds(operands[0], operands[1], strict) },
    { left: 1, right: 2, holds: betweenHolds(operands[1], operands[2], strict) },
  ];
};

/**
 * The comparisons a relational call makes, as an operator reads them: what is measured on the left, its threshold on
 * the right; below a negation turned round, so that `holds` always means that it helps the gate.
 */
export const comparisonsOf = (call: Call, answer: Answer): readonly Comparison[] => {
  if (!Object.hasOwn(NEGATED, call.operator) || answer.operands.length < 2) return [];
  const { negated, run } = call.scope;
  return pairsOf(call, answer).map(({ left, right, holds }) => {
    const turned = !readsData(call.operands[left]) && readsData(call.operands[right]);
    const [measured, limit] = turned ? [right, left] : [left, right];
    const facing = turned ? (MIRRORED[call.operator] ?? call.operator) : call.operator;
    const truth = holds.kind === "known" ? holds.value === true : null;
    return {
      what: describe(call.operands[measured], run.nameOf),
      value: shown(answer.operands[measured] ?? holds),
      operator: negated ? (NEGATED[facing] ?? facing) : facing,
      threshold: shown(answer.operands[limit] ?? holds),
      holds: truth === null ? null : truth !== negated,
    };
  });
};
