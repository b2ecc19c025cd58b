import { observeRoutes } from "../../src/actuation/drift.ts";
import type { RouteSight } from "../../src/actuation/observed-route.ts";
import type { ObservedRule } from "../../src/actuation/rules-port.ts";
import { epochMs } from "../../src/kernel/units.ts";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import { ORDERS } from "./fake-world.ts";

const [only] = ORDERS.routes;
if (only === undefined) throw new Error("unreachable");

/** The committed cutover's one route. */
export const route = only;
export const NOW = epochMs(1_000);

const { blue, green, pin, weightedRuleArn, listenerArn } = route;
const conditions = [{ Field: "path-pattern", PathPatternConfig: { Values: ["/*"] } }];

/** A stranger's rule below the route, as long as nothing else is said. */
export const ruleOf = (change: Partial<ObservedRule>): ObservedRule => ({
  ...{ ruleArn: "other", priority: 300, conditions, forward: null, otherActions: [] },
  ...change,
});

export const to = (greenWeight: number, blueWeight: number, sticky: boolean): NonNullable<ObservedRule["forward"]> => ({
  targets: [
    { targetGroupArn: blue, weight: blueWeight },
    { targetGroupArn: green, weight: greenWeight },
  ],
  sticky,
});

export const alone = (targetGroupArn: string, weight = 1): NonNullable<ObservedRule["forward"]> => ({
  targets: [{ targetGroupArn, weight }],
  sticky: false,
});

export const weighted = (change: Partial<ObservedRule> = {}): ObservedRule =>
  ruleOf({ ruleArn: weightedRuleArn, priority: 100, forward: to(50, 50, true), ...change });

export const pinned = (change: Partial<ObservedRule> = {}): ObservedRule =>
  ruleOf({ ruleArn: pin.ruleArn, priority: pin.parkedPriority, forward: alone(blue), ...change });

/** What the route's listener shows with these rules. */
export const sightOf = (rules: readonly ObservedRule[], cutover: CutoverBindings = ORDERS): RouteSight => {
  const [sight] = observeRoutes(cutover, [{ listenerArn, readAt: NOW, rules }]);
  if (sight === undefined) throw new Error("unreachable");
  return sight;
};
