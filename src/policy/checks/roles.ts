import type { JsonValue } from "../../kernel/json.ts";
import { signalAt } from "../../signals/catalogue.ts";
import type { Rule } from "../policy-file.ts";
import { type Expression, expressionsOf } from "./expressions.ts";
import { lateFindings, neverCountedFindings } from "./late.ts";
import { thresholdOf } from "./meaning/threshold.ts";
import { type Finding, finding } from "./problem.ts";

/** Operations over errors among requests: how many such pairs they take. */
const PAIRS: Readonly<Record<string, number>> = {
  rate: 1,
  rate_upper: 1,
  rate_lower: 1,
  evidence_below: 1,
  evidence_above: 1,
  evidence_worse: 2,
};

const EVIDENCE = new Set(["evidence_below", "evidence_above", "evidence_worse"]);

/** From here on an e-value is worth something; below, chance comes to it in one of ten, or of twenty, attempts. */
const LEAST_PROOF = { gate: 10, rollback: 20 } as const;

/**
 * Whether the parts of a rule are in their places: errors above requests of the same side, green before blue, and a
 * threshold that an e-value does not reach by chance. Parameters have been put in.
 */
export const roleFindings = (rule: Rule, use: "gate" | "rollback"): readonly Finding[] =>
  expressionsOf(rule).flatMap((expression) => [
    ...pairFindings(expression),
    ...proofFindings(expression, use),
    ...(use === "rollback"
      ? [...lateFindings(expression), ...neverCountedFindings(expression), ...betterFindings(expression)]
      : []),
  ]);

const sideOf = (path: string): string => path.split(".")[0] ?? "";

const pairFindings = (expression: Expression): readonly Finding[] => {
  const { operator, operands, at } = expression;
  const pairs = Object.hasOwn(PAIRS, operator) ? (PAIRS[operator] ?? 0) : 0;
  const found = Array.from({ length: pairs }, (_, pair) => pairProblem(expression, 2 * pair)).flat();
  if (operator !== "evidence_worse" || found.length > 0) return found;
  const [one, other] = [operands[0], operands[2]].map((path) => sideOf(String(path)));
  if (one === "green" && other === "blue") return [];
  return [
    finding("wrong-role", at, `it asks whether ${one} is worse than ${other}; green's signals come first, then blue's`),
  ];
};

/** What is wrong with one pair of errors and requests. */
const pairProblem = ({ operands, operandAt }: Expression, index: number): readonly Finding[] => {
  const [errors = "", requests = ""] = operands.slice(index, index + 2).map(String);
  const wrong = (place: number, message: string) => [finding("wrong-role", operandAt(place), message)];
  if (typeof signalAt(errors)?.absence !== "object")
    return wrong(
      index,
      `${errors} counts nothing that went wrong; errors come first, then the requests they are among`,
    );
  if (!requests.endsWith(".requests"))
    return wrong(index + 1, `${requests} counts no requests; name those that ${errors} are among`);
  return sideOf(errors) === sideOf(requests)
    ? []
    : wrong(index + 1, `${errors} are not among ${requests}; name ${sideOf(errors)}.requests`);
};

const proofFindings = (
  { operator, operands, at, negated }: Expression,
  use: "gate" | "rollback",
): readonly Finding[] => {
  const threshold = thresholdOf({ [operator]: operands as readonly JsonValue[] } as JsonValue);
  if (threshold === null || !EVIDENCE.has(threshold.measured.operator)) return [];
  const { limit } = threshold;
  // "Not below 20" asks for a proof as "20 and more" does, and "not above 3" for none.
  if (threshold.operator.startsWith("<") !== negated) return [];
  if (limit <= 1)
    return [
      finding(
        "no-proof",
        at,
        `${limit} is reached by evidence that says nothing: an e-value begins at 1. Ask for 20, or for 200 where it is asked all day`,
      ),
    ];
  const least = LEAST_PROOF[use];
  return limit < least
    ? [
        finding(
          "weak-proof",
          at,
          `chance alone comes to ${limit} in as many as one of ${limit} attempts; ask for ${least} at least`,
        ),
      ]
    : [];
};

/** A green that is as good as blue is more than half as bad: the proof of that comes sooner or later, and says nothing. */
const betterFindings = ({ operator, operands, operandAt }: Expression): readonly Finding[] => {
  const ratio = Number(operands[4]);
  if (operator !== "evidence_worse" || ratio >= 1) return [];
  const why = `it fires where green is more than ${ratio} times as bad as blue, and a healthy green is: it is as good as blue`;
  return [finding("not-worse", operandAt(4), `${why}. Give a ratio of 1 or more; 1.25 suits most`)];
};
