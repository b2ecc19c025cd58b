import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { isWeightedRule } from "../../../src/signals/routes.ts";
import type { FaultKind } from "../faults/kinds.ts";
import type { Parameters } from "../parameters.ts";
import { diceOf } from "./dice.ts";
import type { World } from "./world.ts";

export const FOREIGN = "foreign-rule";
const IN_THE_WAY = "foreign-priority";

type Rules = readonly ObservedRule[];
type Edit = (rules: Rules, route: RouteBinding) => Rules;

const onWeighted =
  (change: (rule: ObservedRule, route: RouteBinding) => ObservedRule): Edit =>
  (rules, route) =>
    rules.map((rule) => (isWeightedRule(route, rule) ? change(rule, route) : rule));

export const weigh = (
  rule: ObservedRule,
  route: RouteBinding,
  greenPercent: number,
  sticky: boolean,
): ObservedRule => ({
  ...rule,
  forward: {
    targets: [
      { targetGroupArn: route.blue, weight: 100 - greenPercent },
      { targetGroupArn: route.green, weight: greenPercent },
    ],
    sticky,
  },
});

export const greenOf = (rule: ObservedRule, { green }: RouteBinding): number =>
  rule.forward?.targets.find(({ targetGroupArn }) => targetGroupArn === green)?.weight ?? 0;

/** What other writers do to the rules, each once in its spell. */
const EDITS: Readonly<Partial<Record<FaultKind, Edit>>> = {
  "foreign-more-green": onWeighted((rule, route) =>
    weigh(rule, route, Math.min(100, greenOf(rule, route) + 20), rule.forward?.sticky ?? false),
  ),
  "foreign-more-blue": onWeighted((rule, route) => weigh(rule, route, 0, false)),
  "foreign-sticky": onWeighted((rule, route) => weigh(rule, route, greenOf(rule, route), !rule.forward?.sticky)),
  "foreign-rule-above": (rules, route) => {
    const weighted = rules.find((rule) => isWeightedRule(route, rule));
    if (weighted === undefined) return rules;
    const forward = { targets: [{ targetGroupArn: route.blue, weight: 1 }], sticky: false };
    return [...rules, { ...weighted, ruleArn: FOREIGN, priority: (weighted.priority ?? 100) - 50, forward }];
  },
  "foreign-group-deleted": onWeighted((rule, { blue }) => ({
    ...rule,
    forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false },
  })),
  // Whoever parks a raised pin takes the cover off what rollback has made of the weights below.
  "foreign-pin-parked": (rules, { pin }) =>
    rules.map((rule) => (rule.ruleArn === pin?.ruleArn ? { ...rule, priority: pin.parkedPriority } : rule)),
  "foreign-pin-deleted": (rules, { pin }) => rules.filter(({ ruleArn }) => ruleArn !== pin?.ruleArn),
  "priority-in-use": (rules, { pin, blue }) => [
    ...rules,
    {
      ruleArn: IN_THE_WAY,
      priority: pin?.raisedPriority ?? 99,
      conditions: [{ Field: "host-header", HostHeaderConfig: { Values: ["other.example"] } }],
      forward: { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false },
      otherActions: [],
    },
  ],
};

/** The routes that other people's hands are on: the first alone, where nobody asks for more. */
export const handsOn = ({ routes, also = [] }: Parameters): readonly number[] => {
  const onAny = also.includes("other-routes") || also.includes("one-listener");
  return Array.from({ length: onAny ? routes : 1 }, (_, route) => route);
};

/** Once a minute: whoever begins to meddle now does so now, on one of the routes or on all of them. */
export const meddlersOf = (world: World, parameters: Parameters): (() => void) => {
  const routes = handsOn(parameters);
  const dice = diceOf(world.seed, "hands on other routes");
  const drawn = (): readonly number[] => {
    if (routes.length === 1) return routes;
    return dice.chance(0.2) ? routes : [dice.of(routes)];
  };
  return () => {
    const now = world.time.now();
    for (const [kind, edit] of Object.entries(EDITS) as [FaultKind, Edit][]) {
      const spell = world.faults.spell(kind, now);
      if (spell === null || spell.from <= now - MINUTE_MS) continue;
      for (const route of drawn()) lay(world, kind, edit, route);
    }
    for (const route of routes) releasePriority(world, route, now);
  };
};

const lay = (world: World, kind: FaultKind, edit: Edit, index: number): void => {
  const route = world.cutover.routes[index];
  if (route === undefined || !isPossible(kind, world.rules.pinOf(index))) return;
  world.faults.count(kind);
  world.rules.edit(index, kind, (rules) => edit(rules, route));
};

/** A number that is taken already cannot be taken, what lies parked not be parked, and what is gone not be deleted. */
const isPossible = (kind: FaultKind, pin: ReturnType<World["rules"]["pinOf"]>): boolean => {
  if (kind === "priority-in-use") return pin !== "raised";
  if (kind === "foreign-pin-parked") return pin === "raised";
  return kind !== "foreign-pin-deleted" || pin === "raised" || pin === "parked";
};

/** Whoever took the pin's number gives it back when asked, which is at the end of the spell. */
const releasePriority = ({ rules, faults }: World, route: number, now: number): void => {
  const taken = rules.rulesOf(route).some(({ ruleArn }) => ruleArn === IN_THE_WAY);
  if (taken && faults.spell("priority-in-use", now) === null)
    rules.edit(route, "priority given back", (all) => all.filter(({ ruleArn }) => ruleArn !== IN_THE_WAY));
};
