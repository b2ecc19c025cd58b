import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import { GATE_DELAY_MINUTES } from "../../../snapshot/freshness.ts";
import { operationsUsed, windowsOf } from "../../look-back.ts";
import type { Operations } from "../../operations/operation.ts";
import type { GateName, Policy, PolicyStep } from "../../policy-file.ts";
import { MAY_DO_WITHOUT, uses } from "../expressions.ts";
import { type Finding, finding } from "../problem.ts";
import type { Condition, RuleTree } from "./rule-tree.ts";
import { thresholdOf } from "./threshold.ts";
import { partsOf } from "./together.ts";

/**
 * Gates that look back further than their step may last. Of a window minutes of the step alone count, and of these only
 * those that ended two minutes ago; while too few of them do, the gate stays unknown.
 */
export const tooLongWindowFindings = (
  policy: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
  operations: Operations,
): readonly Finding[] =>
  policy.steps.flatMap((step, index) => {
    const { maxDwell } = step;
    if (maxDwell === undefined) return [];
    return step.promoteWhen.flatMap((gate, place) => {
      const asked = partsOf(gates.get(gate))
        .filter((part) => part.kind === "condition")
        .map((condition) => minutesAsked(condition, policy.data.minCoverage, operations));
      const minutes = Math.max(0, ...asked) + GATE_DELAY_MINUTES;
      return minutes > parseDuration(maxDwell) / MINUTE_MS
        ? [finding("window-too-long", `/steps/${index}/promoteWhen/${place}`, sayTooLong(gate, minutes, step))]
        : [];
    });
  });

/** How many minutes of a step have to have been seen before a condition can hold. */
const minutesAsked = ({ rule }: Condition, minCoverage: number, operations: Operations): number => {
  if (uses(rule, MAY_DO_WITHOUT)) return 0;
  const threshold = thresholdOf(rule);
  // A coverage is known however little was seen, and asks for a share of its own.
  const own = threshold?.measured.operator === "coverage" ? threshold : null;
  const least = (minutes: number): number => (own?.operator === ">" ? Math.floor(minutes) + 1 : Math.ceil(minutes));
  const windows = operationsUsed(rule, operations).flatMap(windowsOf(operations));
  return Math.max(0, ...windows.map((window) => least(((own?.limit ?? minCoverage) * window) / MINUTE_MS)));
};

const sayTooLong = (gate: GateName, minutes: number, { id, maxDwell, onMaxDwell }: PolicyStep): string => {
  const then = onMaxDwell === "rollback" ? "traffic goes back" : "somebody is paged";
  const why = `look-backs begin at the step, and metrics count ${GATE_DELAY_MINUTES} minutes after their minute`;
  return `"${gate}" has seen enough of step "${id}" after ${minutes} minutes (${why}), and after ${maxDwell} ${then}; shorten its window, or raise maxDwell`;
};
