import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { RouteBinding } from "../../../src/signals/bindings.ts";
import { isWeightedRule } from "../../../src/signals/routes.ts";
import { FOREIGN, greenOf, weigh } from "./foreign-hands.ts";
import type { World } from "./world.ts";

type Rules = readonly ObservedRule[];

/** People make the pin again where it lay parked, and deploy the bindings that name it: under the same name, here. */
const restorePin = (world: World, index: number, route: RouteBinding): boolean => {
  const { pin, blue } = route;
  const rules = world.rules.rulesOf(index);
  const weighted = rules.find((rule) => isWeightedRule(route, rule));
  const isMissing = pin !== undefined && !rules.some(({ ruleArn }) => ruleArn === pin.ruleArn);
  if (!isMissing || weighted === undefined || world.state()?.wayBack !== "open") return false;
  const forward = { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false };
  const made = { ...weighted, ruleArn: pin.ruleArn, priority: pin.parkedPriority, forward };
  world.rules.edit(index, "pin made again by hand", (all) => [...all, made]);
  return true;
};

/** People put the rules back to what is recorded; they leave the pin alone. */
export const repairRules = (world: World, index: number): void => {
  const state = world.state();
  const route = world.cutover.routes[index];
  if (state === null || route === undefined || restorePin(world, index, route)) return;
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
  if (isBusy && world.rules.rulesOf(index).some(({ ruleArn }) => ruleArn === FOREIGN)) {
    world.rules.edit(index, "repaired by hand", (rules) => rules.filter(({ ruleArn }) => ruleArn !== FOREIGN));
    return;
  }
  if (isBusy || isAsRecorded(world.rules.rulesOf(index))) return;
  world.rules.edit(index, "repaired by hand", (rules) =>
    rules
      .filter(({ ruleArn }) => ruleArn !== FOREIGN)
      .map((rule) => (isWeightedRule(route, rule) ? weigh(rule, route, recorded, sticky) : rule)),
  );
};
