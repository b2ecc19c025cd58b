import type { JsonValue } from "../../../kernel/json.ts";
import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import { signalAt } from "../../../signals/catalogue.ts";
import { betaShare } from "../../operations/beta.ts";
import type { GateName, Policy } from "../../policy-file.ts";
import { type Finding, finding } from "../problem.ts";
import { errorsForBound } from "./errors-for-bound.ts";
import { conditionsOf, type RuleTree } from "./rule-tree.ts";
import { requestsAt } from "./steady-points.ts";
import { type Expression, expressionOf, type Threshold, thresholdOf } from "./threshold.ts";

/** How likely a rollback rule sends a service back over the soak that is as bad as its gates allow, and no worse. */
export interface FalseRollbackForecast {
  readonly rule: string;
  /** An upper bound from 0 to 1; null where the rule looks at no counts of errors. */
  readonly chance: number | null;
  /** What the bound rests on, in words. */
  readonly because: string;
  /** It is the bound that a detector proves of itself, which is far above what it really does. */
  readonly proven: boolean;
  /** JSON pointer to the rule. */
  readonly at: string;
}

/** Above this a rule is to be looked at, where the bound is no detector's. */
const MOST_LIKELY = 0.01;

export const falseRollbackForecasts = (
  policy: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
  rollback: readonly (RuleTree | null)[],
): readonly FalseRollbackForecast[] => {
  const looks = Math.round(parseDuration(policy.soak.duration) / MINUTE_MS);
  const requests = requestsAt(policy.traffic.requestsPerMinute, 100);
  const limits = limitsOf(policy, gates);
  return policy.rollback.map(({ id }, index) => {
    const tree = rollback[index] ?? null;
    const at = `/rollback/${index}/when`;
    const evidence = tree === null ? null : evidenceBound(tree, looks);
    if (evidence !== null) return { rule: id, at, proven: true, ...evidence };
    const one = tree === null ? null : chanceOf(tree, { requests, limits });
    const base = { rule: id, at, proven: false };
    if (one === null) return { ...base, chance: null, because: "it counts no errors of which a gate limits the rate" };
    const chance = Math.min(1, one * looks);
    const rates = [...new Set(limits.values())]
      .map((limit) => `${Number((limit * 100).toPrecision(4))} %`)
      .join(" or ");
    const because = `${looks} looks of at most ${say(one)} each, at ${rates} of errors, which the gates allow`;
    return { ...base, chance, because };
  });
};

/** Detectors carry their own proof: by chance they alarm once in so many looks, or more seldom. */
const evidenceBound = (tree: RuleTree, looks: number): Pick<FalseRollbackForecast, "chance" | "because"> | null => {
  for (const { rule } of conditionsOf(tree)) {
    const threshold = thresholdOf(rule);
    if (threshold === null || !["evidence_above", "evidence_worse"].includes(threshold.measured.operator)) continue;
    const { limit, measured } = threshold;
    if (measured.operator === "evidence_worse" && Number(measured.operands[4]) < 1)
      return { chance: null, because: "it fires where green is as good as blue" };
    if (measured.operator === "evidence_worse")
      return {
        chance: 0,
        because: `at 100 % blue is silent; before, on average one false alarm in ${limit} looks or more`,
      };
    const because = `the proven bound, ${looks} looks / ${limit}; on average one false alarm in ${limit} looks or more`;
    return { chance: Math.min(1, looks / limit), because };
  }
  return null;
};

/** The lowest rate that the gates of 100 % allow, by signal of errors; else the lowest that any gate does. */
const limitsOf = (policy: Policy, gates: ReadonlyMap<GateName, RuleTree>): ReadonlyMap<string, number> => {
  const limits = new Map<string, number>();
  const full = policy.steps.filter(({ weight }) => weight === 100).flatMap(({ promoteWhen }) => promoteWhen);
  for (const names of [full, [...gates.keys()]]) {
    const before = new Set(limits.keys());
    for (const { rule } of names.flatMap((name) => gates.get(name) ?? []).flatMap(conditionsOf)) {
      const limited = limitIn(thresholdOf(rule));
      if (limited === null || before.has(limited.errors)) continue;
      limits.set(limited.errors, Math.min(limited.rate, limits.get(limited.errors) ?? 1));
    }
  }
  return limits;
};

const limitIn = (threshold: Threshold | null): { readonly errors: string; readonly rate: number } | null => {
  if (threshold === null) return null;
  const { measured, operator, limit } = threshold;
  const errors = String(measured.operands[0]);
  if (measured.operator === "evidence_below") return { errors, rate: Number(measured.operands[2]) };
  return ["rate", "rate_upper"].includes(measured.operator) && operator.startsWith("<")
    ? { errors, rate: limit }
    : null;
};

interface World {
  readonly requests: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, number>;
}

/** An upper bound of the chance that a rule holds at one look; null where nothing bounds it. */
const chanceOf = (tree: RuleTree, world: World): number | null => {
  if (tree.kind === "condition") return chanceOfRule(tree.rule, world);
  const parts = tree.parts.map((part) => chanceOf(part, world));
  return combined(tree.kind, parts);
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
  const least = (count: number): number => (operator === ">" ? Math.floor(count) + 1 : Math.ceil(count));
  /** `count`: the fewest errors among so many requests at which the rule fires. */
  const tail = (errors: string, minutes: number, count: (requests: number) => number): number | null => {
    const absence = signalAt(errors)?.absence;
    const aMinute = typeof absence === "object" ? world.requests.get(absence.zeroWhen) : undefined;
    const rate = world.limits.get(errors);
    if (aMinute === undefined || rate === undefined) return null;
    const requests = Math.ceil(aMinute * minutes);
    return chanceOfErrors(requests, rate, count(requests));
  };
  const errors = String(args[0]);
  switch (measured.operator) {
    case "var":
      return tail(errors, 1, () => least(limit));
    case "/":
      return tail(String(expressionOf(args[0] ?? null)?.operands[0]), 1, (requests) => least(limit * requests));
    case "rate":
      return tail(errors, minutesOf(args[2]), (requests) => least(limit * requests));
    case "rate_upper":
    case "rate_lower": {
      const side = measured.operator === "rate_upper" ? "upper" : "lower";
      const asked = { side, confidence: Number(args[3]), limit, strictly: operator === ">" } as const;
      return tail(errors, minutesOf(args[2]), (requests) => errorsForBound(requests, asked));
    }
    case "stat":
      return chanceOfStatistic(String(args[1]), minutesOf(args[2]), limit, (minutes, count) =>
        tail(errors, minutes, () => least(count)),
      );
    default:
      return null;
  }
};

const chanceOfStatistic = (
  statistic: string,
  minutes: number,
  limit: number,
  tail: (minutes: number, count: number) => number | null,
): number | null => {
  if (statistic === "sum") return tail(minutes, limit);
  if (statistic === "avg") return tail(minutes, limit * minutes);
  const one = tail(1, limit);
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

export const falseRollbackFindings = (forecasts: readonly FalseRollbackForecast[]): readonly Finding[] =>
  forecasts.flatMap(({ rule, chance, because, proven, at }) =>
    chance === null || chance <= MOST_LIKELY || proven
      ? []
      : [
          finding(
            "false-rollback",
            at,
            `"${rule}" sends a service back that its gates call healthy with a chance of up to ${say(chance)} over the soak (${because}); raise its limits`,
          ),
        ],
  );

/** `rollback breaker: a false rollback over the soak with a chance of at most 1e-9: 1440 looks …`. */
export const sayFalseRollback = ({ rule, chance, because }: FalseRollbackForecast): string =>
  chance === null
    ? `rollback ${rule}: no chance of a false rollback computed: ${because}`
    : `rollback ${rule}: a false rollback over the soak with a chance of at most ${say(chance)}: ${because}`;

const say = (chance: number): string =>
  chance === 0 ? "0" : chance >= 0.001 ? `${Number(chance.toPrecision(2))}` : chance.toExponential(1);
