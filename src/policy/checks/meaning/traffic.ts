import type { Operations } from "../../operations/operation.ts";
import type { GateName, Policy } from "../../policy-file.ts";
import { type Finding, finding } from "../problem.ts";
import { conditionsOf, type RuleTree } from "./rule-tree.ts";
import { steadyTruths } from "./steady.ts";
import { freeSignals, requestsAt } from "./steady-points.ts";
import { partsOf } from "./together.ts";

/** Gates that look at nothing but traffic, and do not pass at the traffic that is expected at their step. */
export const trafficFindings = (
  policy: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
  operations: Operations,
): readonly Finding[] => {
  const truths = steadyTruths(operations);
  return policy.steps.flatMap(({ id, weight, promoteWhen }, index) => {
    const given = requestsAt(policy.traffic.requestsPerMinute, weight);
    return promoteWhen.flatMap((gate, place) => {
      const parts = partsOf(gates.get(gate)).filter((part) => readsTraffic(part, given));
      if (!parts.some((part) => truths(part)(given) === false)) return [];
      const what = `"${gate}" does not pass at the ${given.get("green.requests")} requests a minute`;
      const next = "lower what it asks for, raise the weight, or correct traffic.requestsPerMinute";
      return [
        finding(
          "too-little-traffic",
          `/steps/${index}/promoteWhen/${place}`,
          `${what} that green gets in step "${id}"; ${next}`,
        ),
      ];
    });
  });
};

const readsTraffic = (part: RuleTree, given: ReadonlyMap<string, number>): boolean =>
  conditionsOf(part).every(
    ({ open }) => open.variables.length > 0 && open.variables.every(({ measure }) => measure.quality !== true),
  ) && freeSignals(conditionsOf(part), given).length === 0;
