import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { isWeightedRule } from "../../../src/signals/routes.ts";
import type { FaultKind } from "../faults/kinds.ts";
import type { World } from "./world.ts";

const FOREIGN = "foreign-rule";
const IN_THE_WAY = "foreign-priority";

type Rules = readonly ObservedRule[];
type Edit = (rules: Rules, route: RouteBinding) => Rules;

const onWeighted =
  (change: (rule: ObservedRule, route: RouteBinding) => ObservedRule): Edit =>
  (rules, route) =>
    rules.map((rule) => (isWeightedRule(route, rule) ? change(rule, route) : rule));

const weigh = (rule: ObservedRule, route: RouteBinding, greenPercent: number, sticky: boolean): ObservedRule => ({
  ...rule,
  forward: {
    targets: [
      { targetGroupArn: route.blue, weight: 100 - greenPercent },
      { targetGroupArn: route.green, weight: greenPercent },
    ],
    sticky,
  },
});

const greenOf = (rule: ObservedRule, { green }: RouteBinding): number =>
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
    return [...rules, { ...weighted, ruleArn: FOREIGN, priority: 50, forward }];
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

/** Once a minute: whoever begins to meddle now does so now. */
export const meddle = (world: World): void => {
  const now = world.time.now();
  for (const [kind, edit] of Object.entries(EDITS) as [FaultKind, Edit][]) {
    const spell = world.faults.spell(kind, now);
    if (spell === null || spell.from <= now - MINUTE_MS) continue;
    const [route] = world.cutover.routes;
    if (route === undefined || !isPossible(kind, world.rules.pinOf(0))) continue;
    world.faults.count(kind);
    world.rules.edit(0, kind, (rules) => edit(rules, route));
  }
  releasePriority(world, now);
};

/** A number that is taken already cannot be taken, what lies parked not be parked, and what is gone not be deleted. */
const isPossible = (kind: FaultKind, pin: ReturnType<World["rules"]["pinOf"]>): boolean => {
  if (kind === "priority-in-use") return pin !== "raised";
  if (kind === "foreign-pin-parked") return pin === "raised";
  return kind !== "foreign-pin-deleted" || pin === "raised" || pin === "parked";
};

/** People make the pin again where it lay parked, and deploy the bindings that name it: under the same name, here. */
const restorePin = (world: World, route: RouteBinding): boolean => {
  const { pin, blue } = route;
  const rules = world.rules.rulesOf(0);
  const weighted = rules.find((rule) => isWeightedRule(route, rule));
  const isMissing = pin !== undefined && !rules.some(({ ruleArn }) => ruleArn === pin.ruleArn);
  if (!isMissing || weighted === undefined || world.state()?.wayBack !== "open") return false;
  const forward = { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false };
  const made = { ...weighted, ruleArn: pin.ruleArn, priority: pin.parkedPriority, forward };
  world.rules.edit(0, "pin made again by hand", (all) => [...all, made]);
  return true;
};

/** Whoever took the pin's number gives it back when asked, which is at the end of the spell. */
const releasePriority = ({ rules, faults }: World, now: number): void => {
  const taken = rules.rulesOf(0).some(({ ruleArn }) => ruleArn === IN_THE_WAY);
  if (taken && faults.spell("priority-in-use", now) === null)
    rules.edit(0, "priority given back", (all) => all.filter(({ ruleArn }) => ruleArn !== IN_THE_WAY));
};

/** People put the rules back to what is recorded; they leave the pin alone. */
export const repairRules = (world: World): void => {
  const state = world.state();
  const [route] = world.cutover.routes;
  const meddled = world.faults.spells("foreign-rule-above").length + Object.keys(EDITS).length > 0;
  if (state === null || route === undefined || !meddled || restorePin(world, route)) return;
  const recorded = state.latch?.verifiedAt === undefined ? state.weightPercent : 0;
  const sticky = recorded > 0 && recorded < 100;
  const isAsRecorded = (rules: Rules): boolean => {
    const weighted = rules.find((rule) => isWeightedRule(route, rule));
    const right = weighted !== undefined && greenOf(weighted, route) === recorded;
    return right && weighted.forward?.sticky === sticky && !rules.some(({ ruleArn }) => ruleArn === FOREIGN);
  };
  // Under a latch the weights are rollback's, and under an intent promote's for as long as its request may arrive; a rule
  // that stands in their way is taken away all the same: neither gets on before.
  const isUnderWay = state.intent !== undefined && world.time.now() <= state.intent.notAfter + MINUTE_MS;
  const isBusy = state.latch !== undefined || isUnderWay;
  if (isBusy && world.rules.rulesOf(0).some(({ ruleArn }) => ruleArn === FOREIGN)) {
    world.rules.edit(0, "repaired by hand", (rules) => rules.filter(({ ruleArn }) => ruleArn !== FOREIGN));
    return;
  }
  if (isBusy || isAsRecorded(world.rules.rulesOf(0))) return;
  world.rules.edit(0, "repaired by hand", (rules) =>
    rules
      .filter(({ ruleArn }) => ruleArn !== FOREIGN)
      .map((rule) => (isWeightedRule(route, rule) ? weigh(rule, route, recorded, sticky) : rule)),
  );
};
