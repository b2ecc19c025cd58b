import type { JsonValue } from "../../../kernel/json.ts";
import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import { signalAt } from "../../../signals/catalogue.ts";
import { betaShare } from "../../operations/beta.ts";
import { errorsForBound } from "./errors-for-bound.ts";
import type { RuleTree } from "./rule-tree.ts";
import { type Expression, expressionOf, type Threshold, thresholdOf } from "./threshold.ts";

/** What a healthy service shows: requests a minute, and the rate of errors that gates allow, each by its signal. */
export interface World {
  readonly requests: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, number>;
}

/** An upper bound of the chance that a rule holds at one look; null where nothing bounds it. */
export const chanceOf = (tree: RuleTree, world: World): number | null => {
  if (tree.kind === "condition") return chanceOfRule(tree.rule, world);
  const parts = tree.parts.map((part) => chanceOf(part, world));
  return combined(tree.kind === "!!" ? "and" : tree.kind, parts);
};

const combined = (kind: string, parts: readonly (number | null)[]): number | null => {
  const known = parts.filter((part) => part !== null);
  if (kind === "and") return known.length === 0 ? null : Math.min(...known);
  if (kind === "or" && known.length === parts.length) return known.reduce((sum, part) => sum + part, 0);
  return null;
};

const chanceOfRule = (rule: JsonValue, world: World): number | null => {
  const expression = expressionOf(rule);
  if (expression === null) return null;
  const { operator, operands } = expression;
  if (operator === "and" || operator === "or")
    return combined(
      operator,
      operands.map((part) => chanceOfRule(part, world)),
    );
  if (operator === "all" || operator === "some") return chanceOverMinutes(expression, world);
  const threshold = thresholdOf(rule);
  return threshold === null || !threshold.operator.startsWith(">") ? null : chanceAbove(threshold, world);
};

/** "So many bad minutes in a row": minutes are independent of each other. */
const chanceOverMinutes = ({ operator, operands }: Expression, world: World): number | null => {
  const [list = null, body = null] = operands;
  const source = expressionOf(list);
  const one = chanceOfRule(body, world);
  if (source?.operator !== "window" || one === null) return null;
  const minutes = minutesOf(source.operands[0]);
  return operator === "all" ? Math.min(1, one) ** minutes : one * minutes;
};

const minutesOf = (window: JsonValue | undefined): number => Math.round(parseDuration(String(window)) / MINUTE_MS);

const chanceAbove = ({ measured, limit, operator }: Threshold, world: World): number | null => {
  const args = measured.operands;
  /** The fewest errors of which so many make the limit; a product alone would be beside it by a rounding. */
  const least = (whole: number): number => {
    const near = Math.max(1, Math.floor(limit * whole));
    const reaches = (count: number): boolean => (operator === ">" ? count / whole > limit : count / whole >= limit);
    return [near - 1, near, near + 1].find(reaches) ?? Number.POSITIVE_INFINITY;
  };
  /** `count`: the fewest errors among so many requests at which the rule fires. */
  const tail = (errors: string, minutes: number, count: (requests: number) => number): number | null => {
    const absence = signalAt(errors)?.absence;
    const aMinute = typeof absence === "object" ? world.requests.get(absence.zeroWhen) : undefined;
    const rate = world.limits.get(errors);
    if (aMinute === undefined || rate === undefined) return null;
    const requests = Math.ceil(aMinute * minutes);
    // Of no requests there is no share, and no error either.
    return requests === 0 ? 0 : chanceOfErrors(requests, rate, count(requests));
  };
  const errors = String(args[0]);
  switch (measured.operator) {
    case "var":
      return tail(errors, 1, () => least(1));
    case "/": {
      const [part, whole] = args.map(expressionOf);
      const among = whole?.operator === "var" ? world.requests.get(String(whole.operands[0])) : undefined;
      if (part?.operator !== "var" || among === undefined || among === 0) return null;
      return tail(String(part.operands[0]), 1, () => least(among));
    }
    case "rate":
      return tail(errors, minutesOf(args[2]), least);
    case "rate_upper":
    case "rate_lower": {
      const side = measured.operator === "rate_upper" ? "upper" : "lower";
      const asked = { side, confidence: Number(args[3]), limit, strictly: operator === ">" } as const;
      return tail(errors, minutesOf(args[2]), (requests) => errorsForBound(requests, asked));
    }
    case "stat":
      return chanceOfStatistic(String(args[1]), minutesOf(args[2]), (minutes, whole) =>
        tail(errors, minutes, () => least(whole)),
      );
    default:
      return null;
  }
};

const chanceOfStatistic = (
  statistic: string,
  minutes: number,
  tail: (minutes: number, whole: number) => number | null,
): number | null => {
  if (statistic === "sum") return tail(minutes, 1);
  if (statistic === "avg") return tail(minutes, minutes);
  const one = tail(1, 1);
  if (one === null) return null;
  if (statistic === "last") return one;
  if (statistic === "min") return one ** minutes;
  return statistic === "max" ? Math.min(1, one * minutes) : null;
};

/** What is smaller than this is no number any more. */
const LEAST = 1e-300;

/** The binomial chance of at least so many errors; of nearly none, an upper bound. */
export const chanceOfErrors = (requests: number, rate: number, count: number): number => {
  if (count <= 0) return 1;
  return count > requests ? 0 : Math.max(LEAST, betaShare(rate, count, requests - count + 1));
};
