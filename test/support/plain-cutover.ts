import type { CutoverBindings } from "../../src/signals/bindings.ts";
import { DRILL, ORDERS, worldOf } from "./fake-world.ts";

const withRoute = (change: (route: (typeof ORDERS.routes)[number]) => CutoverBindings["routes"][number]) => ({
  ...ORDERS,
  routes: ORDERS.routes.map(change),
});

/** The committed cutover on listeners that cannot carry a pin: by a rule of its own, or by the default action. */
export const PLAIN: Readonly<Record<"a rule without a pin" | "the default action", CutoverBindings>> = {
  "a rule without a pin": withRoute(({ pin: _pin, ...route }) => route),
  "the default action": withRoute(({ pin: _pin, weightedRuleArn: _rule, ...route }) => route),
};

export const ACCEPTED = { withoutPin: { by: "olga" } } as const;

export const plainWorld = (cutover: CutoverBindings = PLAIN["the default action"]) => {
  const world = worldOf(cutover);
  return { ...world, arm: (policy = DRILL) => world.arm(policy, ACCEPTED) };
};

export type PlainWorld = ReturnType<typeof plainWorld>;
