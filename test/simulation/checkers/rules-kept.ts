import { canonicalJson, type JsonValue } from "../../../src/kernel/json.ts";
import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { frozenAt } from "../../../src/policy/freeze.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

/** However hard the load balancer makes it. */
const CLEARED_WITHIN_MS = 8 * MINUTE_MS;

/** P1: a step leaves the rest of the rule as it was, and is not asked for where somebody has said not to. */
export const rulesKept = (): Checker => {
  const firstActions = new Map<number, string>();
  /** Routes whose weighted rule somebody else was the last to change. */
  const meddled = new Set<number>();

  const changed = (world: World, event: Extract<WorldEvent, { kind: "changed" }>): readonly string[] => {
    const { run, route, weighted } = event;
    const rule = weightedRule(world, route);
    const share = weighted.to;
    if (run === null) meddled.add(route);
    if (rule === undefined || run === null || weighted.from === share) return [];
    meddled.delete(route);
    const sticky = rule.forward?.sticky === true;
    return [
      ...actionsLost(route, canonicalJson(rule.otherActions as JsonValue)),
      ...(sticky === (share > 0 && share < 100) ? [] : [`stickiness is ${sticky ? "on" : "off"} at ${share} %`]),
    ];
  };

  /** Since when a rule below a verified pin has named green; the pin is all that keeps users from it. */
  const namedSince = new Map<number, number>();

  const leftBelow = (world: World, at: number): readonly string[] =>
    world.cutover.routes.flatMap((_, route) => {
      const isLeft = isBelowPin(world, route) && !meddled.has(route);
      if (isLeft) namedSince.set(route, namedSince.get(route) ?? at);
      else namedSince.delete(route);
      if (at - (namedSince.get(route) ?? at) < CLEARED_WITHIN_MS) return [];
      namedSince.delete(route);
      return [`below the pin, green has kept ${world.rules.weightedPercent(route)} % of route ${route} for minutes`];
    });

  /** Before anybody has changed anything. */
  const noteActions = (world: World): void =>
    world.cutover.routes.forEach((_, route) => {
      firstActions.set(route, canonicalJson((weightedRule(world, route)?.otherActions ?? []) as JsonValue));
    });

  const actionsLost = (route: number, actions: string): readonly string[] => {
    const before = firstActions.get(route) ?? actions;
    return actions === before ? [] : [`other actions of the rule were ${before} and are ${actions}`];
  };

  return {
    promise: "P1",
    watch: (event, world) => {
      if (firstActions.size === 0) noteActions(world);
      if (event.kind === "sent") return forbidden(world, event);
      if (event.kind === "minute") return leftBelow(world, event.at);
      return event.kind === "changed" ? changed(world, event) : null;
    },
    end: (world) => atEnd(world, meddled),
  };
};

const isBelowPin = (world: World, route: number): boolean =>
  world.state()?.latch?.verifiedAt !== undefined &&
  world.state()?.wayBack === "open" &&
  world.rules.weightedPercent(route) > 0;

const weightedRule = (world: World, route: number) =>
  world.rules.rulesOf(route).find(({ ruleArn }) => ruleArn === world.cutover.routes[route]?.weightedRuleArn);

const forbidden = (world: World, event: Extract<WorldEvent, { kind: "sent" }>): readonly string[] => {
  const { run, what, greenPercent, route } = event;
  const state = run.seen?.state;
  if (what !== "weight" || run.kind !== "promote" || run.tick === null || state === undefined) return [];
  if ((greenPercent ?? 0) <= state.weightPercent) return [];
  const { listenerArn } = world.cutover.routes[route] ?? {};
  const shown = run.served.listeners.findLast((one) => one.listenerArn === listenerArn);
  const weighted = shown?.rules.find(({ ruleArn }) => ruleArn === world.cutover.routes[route]?.weightedRuleArn);
  const above = shown?.rules.find(
    ({ priority, conditions }) =>
      priority !== null && priority < (weighted?.priority ?? 0) && conditions === weighted?.conditions,
  );
  return [
    ...(state.pause === undefined ? [] : ["a step was asked for in a pause"]),
    ...(frozenAt(world.policy, epochMs(run.tick)) === null ? [] : ["a step was asked for in a freeze"]),
    ...(above === undefined ? [] : [`a step was asked for below ${above.ruleArn}`]),
  ];
};

const atEnd = (world: World, meddled: ReadonlySet<number>): readonly string[] => {
  const state = world.state();
  if (state === null || state.wayBack !== "open" || state.intent !== undefined) return [];
  return world.cutover.routes.flatMap((_, route) => {
    if (state.latch?.verifiedAt !== undefined && !meddled.has(route) && world.rules.weightedPercent(route) > 0)
      return [`below the pin, green has ${world.rules.weightedPercent(route)} % of route ${route}`];
    const parkedBehind = state.latch === undefined && world.rules.pinOf(route) === "raised";
    return parkedBehind ? [`${state.phase} behind the raised pin of route ${route}`] : [];
  });
};
