import type { JsonObject, JsonValue } from "../kernel/json.ts";
import { type EpochMs, epochMs, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import type { Evidence, Readings } from "../snapshot/snapshot.ts";
import { type EvaluationLimits, whyAbsentIn } from "./evaluate.ts";
import { type Evaluation, unevaluated } from "./evaluation.ts";
import { type Explanation, explainPlan } from "./explain/explain.ts";
import { standingIn } from "./explain/standing.ts";
import { bulkOf, LARGEST_VALUE } from "./logic/bulk.ts";
import { unknownBecause } from "./logic/judged.ts";
import { walkPlan } from "./logic/walk.ts";
import { resolveFacts } from "./lower.ts";
import type { Operations } from "./operations/operation.ts";
import { STANDARD_OPERATIONS } from "./operations/standard.ts";
import { currentValue, readableValues } from "./operations/values.ts";
import { plainProblems } from "./plain-shape.ts";
import { compileRule } from "./plan-rule.ts";
import { askStock, secondKey } from "./stock.ts";

/** What a rule is evaluated over outside a cutover: any JSON, the minutes that operations look at, or both. */
export interface Subject {
  /** What `var` reads; without it the values of the last minute that ended by `now`, and no older one's. */
  readonly data?: JsonValue;
  /** Oldest first, one row a minute. */
  readonly minutes: Evidence["minutes"];
  readonly now: EpochMs;
}

export interface PlainEvaluation extends Evaluation<JsonValue> {
  /** What stands behind the verdict; worked out when it is asked for. */
  readonly explain: () => Explanation;
}

export const NOTHING_OBSERVED: Pick<Subject, "minutes" | "now"> = { minutes: [], now: epochMs(0) };

/**
 * Evaluates any JSON-logic over any JSON: the judge of the guard, without a policy's rules on how a rule is written.
 * Operations read the minutes, and take any path of them.
 *
 * json-logic-js is asked whatever we come to. Pure. Never throws: a rule or data it cannot cope with is unknown.
 */
export const evaluatePlain = (
  rule: JsonValue,
  subject: Subject,
  limits: EvaluationLimits,
  operations: Operations = STANDARD_OPERATIONS,
): PlainEvaluation => {
  try {
    return evaluate(rule, subject, limits, operations);
  } catch (error) {
    return unexplained(`the judge failed: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const unexplained = (reason: string): PlainEvaluation => ({
  ...unevaluated(reason),
  explain: () => ({ blockers: [], distances: [] }),
});

const evaluate = (
  rule: JsonValue,
  subject: Subject,
  limits: EvaluationLimits,
  operations: Operations,
): PlainEvaluation => {
  const [problem] = plainProblems(rule, operations);
  if (problem !== undefined) return unexplained(`${problem.at}: ${problem.message}`);
  const evidence = evidenceOf(subject);
  const values = readableValues(evidence.current);
  const plan = compileRule(rule, operations, unusedName(values, rule));
  const { known, absent } = resolveFacts(plan.facts, { evidence, ...limits });
  const mixed = plan.facts.length === 0 ? undefined : { ...values, [plan.group]: known };
  // Without an operation there is nothing to add to the data, which may then be no object at all, nor anything.
  const data = mixed ?? (subject.data === undefined ? lastMinute(subject, values) : subject.data);
  const whyAbsent = whyAbsentIn(absent, evidence);
  const walked = walkPlan(plan.judge, data, whyAbsent, limits.walk, mixed);
  const stock = askStock(plan.stock, data, "bounded");
  const keys = secondKey(walked.result, stock);
  const explain = () => explainPlan(plan, { data, whyAbsent, standingOf: standingIn(evidence) });
  const evaluation = { ...walked, ...keys, residual: plan.residual, data, stock, explain };
  const { result } = evaluation;
  if (result.kind === "unknown" || bulkOf(result.value) <= LARGEST_VALUE) return evaluation;
  return { ...evaluation, result: unknownBecause("the value is too large, or nested too deep, to be written") };
};

/** `facts`, with more underscores than any such name has that the rule spells out, or the values are grouped under. */
const unusedName = (values: JsonObject, rule: JsonValue): string => {
  const spelt = String(JSON.stringify(rule)).match(/facts_*/g) ?? [];
  const taken = [...spelt, ...Object.keys(values).filter((key) => /^facts_*$/.test(key))];
  const longest = taken.reduce((most, { length }) => Math.max(most, length), 0);
  return "facts".padEnd(longest + 1, "_");
};

const evidenceOf = ({ data, minutes, now }: Subject): Evidence => ({
  now,
  minutes,
  current: data === undefined ? newestOf(minutes, now) : { values: groupsIn(data), absent: {} },
});

/** Operations read signals of an object, or of a list by their place; in anything else there are none. */
const groupsIn = (data: JsonValue): Readings["values"] =>
  typeof data === "object" && data !== null ? (data as unknown as Readings["values"]) : {};

/** null where nobody observed it: an object, however empty, would be true. */
const lastMinute = (subject: Subject, values: JsonObject): JsonObject | null => (lastOf(subject) ? values : null);

/** The last minute that ended by `now`: an older one would let silence pass for the last good news. */
const lastOf = ({ minutes, now }: Pick<Subject, "minutes" | "now">): Evidence["minutes"][number] | undefined =>
  minutes.findLast(({ at }) => at + MINUTE_MS === minuteOf(now));

const newestOf = (minutes: Evidence["minutes"], now: EpochMs): Readings => {
  const last = lastOf({ minutes, now });
  let ages: Readonly<Record<string, number>> | undefined;
  return {
    ...(last?.readings ?? { values: {}, absent: {} }),
    /** Few rules ask for it, and it is as long as the whole window. */
    get ageSeconds() {
      ages ??= agesAt(minutes, now);
      return ages;
    },
  };
};

/** Seconds since the last minute that ended by `now` and had a value of it, by signal. */
const agesAt = (minutes: Evidence["minutes"], now: EpochMs): Readonly<Record<string, number>> => {
  const ages: Record<string, number> = Object.create(null);
  for (const { at, readings } of minutes.filter((minute) => minute.at + MINUTE_MS <= now))
    for (const path of pathsIn(readings.values))
      if (currentValue(readings, path) !== undefined) ages[path] = (now - at - MINUTE_MS) / 1000;
  return ages;
};

const pathsIn = (value: object, prefix = ""): readonly string[] =>
  Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    typeof part === "object" && part !== null ? pathsIn(part, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
