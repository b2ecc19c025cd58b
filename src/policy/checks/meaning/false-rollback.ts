import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import type { GateName, Policy } from "../../policy-file.ts";
import { type Finding, finding } from "../problem.ts";
import { chanceOf, type World } from "./error-chance.ts";
import { type Condition, conditionsOf, type RuleTree } from "./rule-tree.ts";
import { requestsAt } from "./steady-points.ts";
import { type Threshold, thresholdOf } from "./threshold.ts";

/** How likely a rollback rule sends a service back over the soak that is as bad as its gates allow, and no worse. */
export interface FalseRollbackForecast {
  readonly rule: string;
  /** An upper bound from 0 to 1; null where the rule looks at no counts of errors. */
  readonly chance: number | null;
  /** What the bound rests on, in words. */
  readonly because: string;
  /** It rests on bounds that detectors prove of themselves, which are far above what they really do. */
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
  const world = { requests, limits: limitsOf(policy, gates), looks };
  return policy.rollback.map(({ id }, index) => {
    const tree = rollback[index] ?? null;
    return { rule: id, at: `/rollback/${index}/when`, ...(tree === null ? NOT_COUNTED : boundOf(tree, world)) };
  });
};

type Bound = Pick<FalseRollbackForecast, "chance" | "because" | "proven">;

interface Soak extends World {
  readonly looks: number;
}

const NOT_COUNTED: Bound = {
  chance: null,
  because: "it counts no errors of which a gate limits the rate",
  proven: false,
};

const boundOf = (tree: RuleTree, soak: Soak): Bound => {
  if (!conditionsOf(tree).some((condition) => detectorBound(condition, soak) !== null)) return countedBound(tree, soak);
  if (tree.kind === "condition") return detectorBound(tree, soak) ?? NOT_COUNTED;
  // Of what a negation waits for no detector says anything.
  if (tree.kind === "!") return NOT_COUNTED;
  const parts = tree.parts.map((part) => boundOf(part, soak));
  if (tree.kind === "or") return anyOf(parts);
  // What has to hold beside it makes a rule fire no sooner.
  const known = parts.filter(({ chance }) => chance !== null);
  return known.find(({ proven }) => proven) ?? known[0] ?? parts.find(({ proven }) => proven) ?? NOT_COUNTED;
};

/** Each of them may fire the rule. */
const anyOf = (parts: readonly Bound[]): Bound => {
  const unknown = parts.find(({ chance }) => chance === null);
  if (unknown !== undefined) return unknown;
  const sum = (of: readonly Bound[]): number => of.reduce((total, { chance }) => total + (chance ?? 0), 0);
  return {
    chance: Math.min(1, sum(parts)),
    because: parts.map(({ because }) => because).join(", or "),
    proven: sum(parts.filter(({ proven }) => !proven)) <= MOST_LIKELY,
  };
};

const countedBound = (tree: RuleTree, { looks, ...world }: Soak): Bound => {
  const one = chanceOf(tree, world);
  if (one === null) return NOT_COUNTED;
  const rates = [...new Set(world.limits.values())]
    .map((limit) => `${Number((limit * 100).toPrecision(4))} %`)
    .join(" or ");
  const because = `${looks} looks of at most ${say(one)} each, at ${rates} of errors, which the gates allow`;
  return { chance: Math.min(1, one * looks), because, proven: false };
};

/** Detectors carry their own proof: by chance they alarm once in so many looks, or more seldom. null of what is none. */
const detectorBound = ({ rule }: Condition, { looks }: Soak): Bound | null => {
  const threshold = thresholdOf(rule);
  if (threshold === null || !threshold.operator.startsWith(">")) return null;
  const { limit, measured } = threshold;
  const seldom = `on average one false alarm in ${limit} looks or more`;
  if (measured.operator === "evidence_above")
    return {
      chance: Math.min(1, looks / limit),
      because: `the proven bound, ${looks} looks / ${limit}; ${seldom}`,
      proven: true,
    };
  if (measured.operator !== "evidence_worse") return null;
  return Number(measured.operands[4]) < 1
    ? { chance: null, because: "it fires where green is as good as blue", proven: true }
    : { chance: 0, because: `at 100 % blue is silent; before, ${seldom}`, proven: true };
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
