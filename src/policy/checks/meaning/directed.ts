import { ARITHMETIC, uses } from "../expressions.ts";
import { isOfBluesHosts } from "./dead-blue.ts";
import { type Condition, type Connective, type RuleTree, variablesOf } from "./rule-tree.ts";
import type { Variable } from "./variables.ts";

export type Use = "gate" | "rollback";

/** Whether a condition may not turn the wrong way round along a variable. */
export const isDirected = (
  variable: Variable,
  { open, rule }: Condition,
  { use, negated, besideGreen }: { readonly use: Use; readonly negated: boolean; readonly besideGreen: boolean },
): boolean => {
  const { measure } = variable;
  if (measure.worse === "none") return false;
  // Not seeing never rolls back, so a rollback rule may well ask for evidence first.
  if (measure.quality === true && use === "rollback") return false;
  // Nor does it go back to blue the sooner for blue's being gone: `deadBlueFindings` tells of what looks at nothing else.
  if (use === "rollback" && isOfBluesHosts(measure.paths)) return false;
  // Where green is measured against blue, blue is the yardstick.
  if (isBlue(variable) && !open.variables.every(isBlue)) return false;
  // Green is left for a blue that is better: a rule may ask how blue does beside what is wrong with green.
  if (use === "rollback" && besideGreen && isBlue(variable)) return false;
  if (measure.type !== "number") return true;
  const [best, worst] = measure.worse === "down" ? [measure.most, measure.least] : [measure.least, measure.most];
  // An equality with no best end in reach cannot be the wrong way round: exactly four hosts.
  return best !== null || !pins(rule, (use === "gate") !== negated, worst);
};

const isBlue = ({ measure }: Variable): boolean => measure.paths.every((path) => path.startsWith("blue."));

/** The parts of an `and`, or of an `or` that is negated, that are asked beside how well green does. */
export const partsBesideGreen = ({ kind, parts }: Connective, negated: boolean): ReadonlySet<RuleTree> => {
  if (kind !== (negated ? "or" : "and")) return new Set();
  const ofGreen = parts.filter((part) => variablesOf(part).some(({ variable }) => tellsOfGreen(variable)));
  return new Set(parts.filter((part) => ofGreen.some((other) => other !== part)));
};

/** How much traffic green has says nothing of how well it does. */
const tellsOfGreen = ({ measure }: Variable): boolean =>
  measure.worse !== "none" && measure.quality !== true && measure.paths.some((path) => path.startsWith("green."));

/**
 * Whether a condition asks for exactly one value, which may be as good as there is: by an equality where it helps a gate, by
 * an inequality where it is what a rollback rule waits for. The worst value is as good for nobody.
 */
const pins = (rule: unknown, helps: boolean, worst: number | null): boolean => {
  const equalities = equalitiesIn(rule, helps);
  return equalities.length > 0 && equalities.every(({ held, operands }) => held && !operands.flat().includes(worst));
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
