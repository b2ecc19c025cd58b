import { P99_MIN_REQUESTS } from "../../../snapshot/freshness.ts";
import type { Operations } from "../../operations/operation.ts";
import type { GateName, Policy } from "../../policy-file.ts";
import { type Finding, finding } from "../problem.ts";
import { conditionsOf, type RuleTree } from "./rule-tree.ts";
import { steadyTruths } from "./steady.ts";
import { freeSignals, requestsAt } from "./steady-points.ts";
import { partsOf } from "./together.ts";

const GREEN_SHARE = "traffic.greenPercent";

/** What is asked for, or has to stay in sight, and cannot at the traffic that is expected at a step. */
export const trafficFindings = (
  policy: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
  operations: Operations,
): readonly Finding[] => [...gateFindings(policy, gates, operations), ...p99Findings(policy, gates)];

/** A p99 that has no value at a step: a gate that needs it never opens, and watched it is blindness all the time. */
const p99Findings = (
  { start, steps, traffic, blind }: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
): readonly Finding[] => {
  const stepsOf = steps.map(({ id, weight, promoteWhen }, index) => ({
    when: `at the traffic of step "${id}"`,
    given: requestsAt(traffic.requestsPerMinute, weight),
    gates: promoteWhen,
    at: `/steps/${index}/promoteWhen`,
  }));
  const first = { given: requestsAt(traffic.requestsPerMinute, 0), gates: start.require, at: "/start/require" };
  const thin = [{ when: "at the traffic before the first step", ...first }, ...stepsOf];
  const lacks = (path: string, { given }: (typeof thin)[number]): boolean =>
    path.endsWith(".p99Ms") && 3 * (given.get(path.replace("p99Ms", "requests")) ?? 0) < P99_MIN_REQUESTS;
  const say = (path: string, when: string): string =>
    `${path} has no value ${when}: a p99 needs ${P99_MIN_REQUESTS} requests in three minutes`;
  const watched = blind.watch.flatMap((path, index) => {
    const step = stepsOf.find((each) => lacks(path, each));
    if (step === undefined) return [];
    return [
      finding("too-little-traffic", `/blind/watch/${index}`, `${say(path, step.when)}, and pawl would be blind there`),
    ];
  });
  const asked = thin.flatMap((place) =>
    place.gates.flatMap((gate, index) => {
      const needed = partsOf(gates.get(gate)).filter((part) => part.kind === "condition");
      const path = needed.flatMap(pathsOf).find((each) => lacks(each, place));
      if (path === undefined) return [];
      const what = `${say(path, place.when)}, and "${gate}" would stay unknown`;
      return [finding("too-little-traffic", `${place.at}/${index}`, what)];
    }),
  );
  return [...watched, ...asked];
};

const pathsOf = (part: RuleTree): readonly string[] =>
  conditionsOf(part).flatMap(({ open }) => open.variables.flatMap(({ measure }) => measure.paths));

/** Gates that look at nothing but traffic, and do not pass at the traffic that is expected where they are asked. */
const gateFindings = (
  policy: Policy,
  gates: ReadonlyMap<GateName, RuleTree>,
  operations: Operations,
): readonly Finding[] => {
  const truths = steadyTruths(operations);
  const failing = (gate: GateName, given: ReadonlyMap<string, number>): RuleTree | undefined =>
    partsOf(gates.get(gate)).find((part) => readsTraffic(part, given) && truths(part)(given) === false);
  const atSteps = policy.steps.flatMap(({ id, weight, promoteWhen }, index) => {
    const given = requestsAt(policy.traffic.requestsPerMinute, weight);
    return promoteWhen.flatMap((gate, place) => {
      const part = failing(gate, given);
      if (part === undefined) return [];
      const what = `"${gate}" does not pass at what step "${id}" is expected to show, ${sayGiven(part, given)}`;
      const next = "lower what it asks for, change the weight, or correct traffic.requestsPerMinute";
      return [finding("too-little-traffic", `/steps/${index}/promoteWhen/${place}`, `${what}; ${next}`)];
    });
  });
  const beforeThem = policy.start.require.flatMap((gate, place) => {
    const part = failing(gate, requestsAt(policy.traffic.requestsPerMinute, 0));
    return part === undefined ? [] : [sayBeforeSteps(gate, part, { policy, at: `/start/require/${place}` })];
  });
  return [...beforeThem, ...atSteps];
};

const sayBeforeSteps = (
  gate: GateName,
  part: RuleTree,
  { policy, at }: { readonly policy: Policy; readonly at: string },
): Finding => {
  if (pathsOf(part).includes(GREEN_SHARE))
    return finding(
      "green-before-start",
      at,
      `"${gate}" does not pass at 0 % green, and before the first step green has no traffic: ask it in that step instead`,
    );
  const what = `"${gate}" does not pass at the ${policy.traffic.requestsPerMinute} requests a minute`;
  const next = "lower what it asks for, or correct traffic.requestsPerMinute";
  return finding("too-little-traffic", at, `${what} that blue gets before the first step; ${next}`);
};

/** `green.requests 30 a minute`, of everything that a part reads. */
const sayGiven = (part: RuleTree, given: ReadonlyMap<string, number>): string =>
  [...new Set(pathsOf(part))]
    .map((path) => `${path} ${round(given.get(path) ?? 0)}${path === GREEN_SHARE ? "" : " a minute"}`)
    .join(", ");

const round = (value: number): number => Number(value.toPrecision(4));

const readsTraffic = (part: RuleTree, given: ReadonlyMap<string, number>): boolean =>
  conditionsOf(part).every(
    ({ open }) => open.variables.length > 0 && open.variables.every(({ measure }) => measure.quality !== true),
  ) && freeSignals(conditionsOf(part), given).length === 0;
