import type { JsonValue } from "../../../kernel/json.ts";
import { evidenceUse } from "../../operations/evidence/uses.ts";
import type { Operations } from "../../operations/operation.ts";
import type { Policy } from "../../policy-file.ts";
import type { Finding } from "../problem.ts";
import { isBeside } from "./beside.ts";
import { type Clash, sayClash, sayValues } from "./clash.ts";
import { type Effort, truthOf, visit } from "./grid.ts";
import { dataAt, representativePoints, type Value } from "./points.ts";
import { type Condition, conditionsOf, logicOf, type RuleTree } from "./rule-tree.ts";
import { type SteadyValues, steadyTruths } from "./steady.ts";
import { freeSignals, requestsAt, type SteadyAxis, steadyAxis } from "./steady-points.ts";
import { partsOf } from "./together.ts";
import type { OpenExpression, Variable } from "./variables.ts";
import { waysOn } from "./ways-on.ts";

export interface Trees {
  /** By name of the gate; those that are understood. */
  readonly gates: ReadonlyMap<string, RuleTree>;
  /** In the order of the policy; null where not understood. */
  readonly rollback: readonly (RuleTree | null)[];
}

/**
 * Where a step's gates pass, no rollback rule may fire, nor begin to right beside it: else the cutover would advance and
 * go back on the same evidence.
 */
export const hysteresisFindings = (
  policy: Policy,
  trees: Trees,
  { operations, effort }: { readonly operations: Operations; readonly effort: Effort },
): readonly Finding[] => {
  const truths = steadyTruths(operations);
  return trees.rollback.flatMap((rule, index) => {
    if (rule === null) return [];
    const conditions = conditionsOf(rule).length;
    for (const { name, weight, asked } of waysOn(policy, rule)) {
      // Even finding out what there is to look at takes its time.
      effort.left -= conditions * asked.length;
      if (effort.left < 0) return [];
      const gates = asked.flatMap((gate) => partsOf(trees.gates.get(gate)));
      const given = requestsAt(policy.traffic.requestsPerMinute, weight);
      const clash =
        sharedEvidence(rule, gates) ??
        clashWithTraffic(rule, given, truths) ??
        clashIn({ rule, gates: relatedTo(rule, gates, given), given, effort }, truths);
      if (clash !== null) return [sayClash(clash, name, `/rollback/${index}/when`)];
    }
    return [];
  });
};

/** The parts that share a signal with a rule, directly or by way of others. */
const relatedTo = (
  rule: RuleTree,
  parts: readonly RuleTree[],
  given: ReadonlyMap<string, number>,
): readonly RuleTree[] => {
  const related: RuleTree[] = [];
  const signals = new Set(freeSignals(conditionsOf(rule), given));
  for (let grown = true; grown; ) {
    grown = false;
    for (const part of parts) {
      const own = freeSignals(conditionsOf(part), given);
      if (related.includes(part) || !own.some((path) => signals.has(path))) continue;
      related.push(part);
      for (const path of own) signals.add(path);
      grown = true;
    }
  }
  return related;
};

const MOST_POINTS = 2_000;

interface Meeting {
  readonly rule: RuleTree;
  readonly gates: readonly RuleTree[];
  readonly given: ReadonlyMap<string, number>;
  readonly effort: Effort;
}

/** A rule that looks at nothing but traffic fires, or does not, at a step as it is meant to be. */
const clashWithTraffic = (
  rule: RuleTree,
  given: ReadonlyMap<string, number>,
  truths: ReturnType<typeof steadyTruths>,
): Clash | null => {
  const conditions = conditionsOf(rule);
  if (freeSignals(conditions, given).length > 0 || truths(rule)(new Map<string, Value>(given)) !== true) return null;
  const read = new Set(conditions.flatMap(({ open }) => open.variables.flatMap(({ measure }) => measure.paths)));
  const values = [...given].filter(([path]) => read.has(path));
  return { kind: "both", values: sayValues(values) };
};

/** What is worst of an hour in which the gates pass. */
const clashIn = ({ rule, gates, given, effort }: Meeting, truths: ReturnType<typeof steadyTruths>): Clash | null => {
  if (gates.length === 0) return null;
  const conditions: readonly Condition[] = [rule, ...gates].flatMap(conditionsOf);
  const axes = freeSignals(conditions, given).map((path) => steadyAxis(path, conditions, given));
  const fires = truths(rule);
  const pass = gates.map(truths);
  const valuesAt = (indexes: readonly number[]): SteadyValues =>
    new Map<string, Value>([
      ...given,
      ...axes.map(({ path, points }, axis) => [path, points[indexes[axis] ?? 0] ?? 0] as const),
    ]);
  const found: { both: Clash | null; noGap: Clash | null } = { both: null, noGap: null };
  visit(axes, MOST_POINTS, (indexes) => {
    effort.left -= conditions.length;
    if (found.both !== null || effort.left < 0) return;
    const here = valuesAt(indexes);
    if (!pass.every((gate) => gate(here) === true)) return;
    if (fires(here) === true)
      found.both = { kind: "both", values: sayValues(axes.map(({ path }) => [path, here.get(path)])) };
    const beside = found.noGap === null ? firingBeside(axes, indexes, (at) => fires(valuesAt(at))) : undefined;
    if (beside !== undefined) found.noGap = { kind: "no-gap", values: sayValues([[beside, here.get(beside)]]) };
  });
  return found.both ?? found.noGap;
};

/** The signal of which a little more, or less, makes a rule fire. A threshold itself may lie between. */
const firingBeside = (
  axes: readonly SteadyAxis[],
  indexes: readonly number[],
  fires: (indexes: readonly number[]) => boolean | null,
): string | undefined =>
  axes.find(({ points, wholeLimits }, axis) => {
    const at = indexes[axis] ?? 0;
    return [at - 2, at - 1, at + 1, at + 2].some(
      (next) => isBeside(points[at], points[next], wholeLimits) && fires(indexes.with(axis, next)) === true,
    );
  })?.path;

/**
 * A gate and a rule that look at one and the same e-value, of whatever stretch: what the signals do to it in an hour tells
 * little of what it may come to.
 */
const sharedEvidence = (rule: RuleTree, gates: readonly RuleTree[]): Clash | null => {
  const fired = evidenceAlone(rule);
  if (fired === null) return null;
  const passed = gates.flatMap((gate) => evidenceAlone(gate) ?? []).filter(({ of }) => of === fired.of);
  if (passed.length === 0) return null;
  const literals = [fired, ...passed].flatMap(({ open }) => open.literals);
  const points = representativePoints(fired.variable.measure, literals);
  const holds = ({ logic, variable }: EvidenceAlone, value: Value): boolean =>
    truthOf(logic)(dataAt([{ place: variable.place, value }], NO_WINDOWS)) === true;
  const passing = points.filter((value) => passed.every((gate) => holds(gate, value)));
  const firing = points.filter((value) => holds(fired, value));
  const both = passing.find((value) => firing.includes(value));
  const beside = passing.find((value) => firing.some((next) => isBeside(value, next)));
  if (both !== undefined) return { kind: "both", values: sayValues([[fired.variable.name, both]]) };
  return beside === undefined ? null : { kind: "no-gap", values: sayValues([[fired.variable.name, beside]]) };
};

const NO_WINDOWS = { rows: 1, windows: [] };

interface EvidenceAlone {
  readonly variable: Variable;
  readonly open: OpenExpression;
  readonly logic: JsonValue;
  /** The operation without its look-back. */
  readonly of: string;
}

const evidenceAlone = (tree: RuleTree): EvidenceAlone | null => {
  const [condition, ...others] = conditionsOf(tree);
  const [variable, ...more] = condition?.open.variables ?? [];
  if (condition === undefined || variable?.operation === undefined || others.length + more.length > 0) return null;
  const { name, args } = variable.operation;
  if (evidenceUse(name, args) === null) return null;
  return { variable, open: condition.open, logic: logicOf(tree), of: `${name} ${args.slice(0, -1).join(" ")}` };
};
