import type { JsonValue } from "../../kernel/json.ts";
import type { Rule } from "../policy-file.ts";
import { type Expression, expressionsOf } from "./expressions.ts";
import type { Use } from "./meaning/directed.ts";
import { thresholdOf } from "./meaning/threshold.ts";
import { type Finding, finding } from "./problem.ts";

/** The bound that few requests satisfy: next to none of them leave anything possible. */
const FORGIVING = {
  gate: { bound: "rate_lower", better: "rate_upper", does: "passes" },
  rollback: { bound: "rate_upper", better: "rate_lower", does: "fires" },
} as const;

/** Bounds of a rate that say less than the rate itself would. Parameters have been put in. */
export const boundFindings = (rule: Rule, use: Use): readonly Finding[] =>
  expressionsOf(rule).flatMap((expression) => [...sideFindings(expression, use), ...confidenceFindings(expression)]);

const sideFindings = ({ operator, operands, at }: Expression, use: Use): readonly Finding[] => {
  const threshold = thresholdOf({ [operator]: operands as readonly JsonValue[] } as JsonValue);
  const { bound, better, does } = FORGIVING[use];
  if (threshold?.measured.operator !== bound) return [];
  const why = `of few requests ${bound} tells next to nothing, and by that the ${use === "gate" ? "gate" : "rule"} ${does}`;
  return [finding("forgiving-bound", at, `${why}; ${better} wants them to show it`)];
};

/** A bound that the rate is more often beyond than not. */
const confidenceFindings = ({ operator, operands, operandAt }: Expression): readonly Finding[] => {
  const confidence = Number(operands[3]);
  if ((operator !== "rate_upper" && operator !== "rate_lower") || confidence >= 0.5) return [];
  const why = `with a confidence of ${confidence} the rate is beyond the bound more often than not`;
  return [finding("forgiving-bound", operandAt(3), `${why}; give 0.95, the share of times that it keeps to it`)];
};
