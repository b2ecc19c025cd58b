import type { CutoverBindings, PinBinding, RouteBinding } from "./bindings.ts";

/** A route with a rule beside it that sends all to blue. The others are plain: their weighted rule is the only way back. */
export type PinnedRoute = RouteBinding & { readonly weightedRuleArn: string; readonly pin: PinBinding };
/** A cutover whose rollback competes with nobody for a rule. */
export type PinnedCutover = Omit<CutoverBindings, "routes"> & { readonly routes: readonly PinnedRoute[] };

export const isPinnedRoute = (route: RouteBinding): route is PinnedRoute =>
  route.pin !== undefined && route.weightedRuleArn !== undefined;

export const pinnedRoutes = ({ routes }: Pick<CutoverBindings, "routes">): readonly PinnedRoute[] =>
  routes.filter(isPinnedRoute);

/** Whether a rollback of this cutover has to outwait what is under way, because a route of it has no pin. */
export const hasPlainRoute = ({ routes }: Pick<CutoverBindings, "routes">): boolean => !routes.every(isPinnedRoute);

/** ARN of what the weights are written to: the route's rule, or the listener whose default action it is. */
export const weightedArn = ({ weightedRuleArn, listenerArn }: RouteBinding): string => weightedRuleArn ?? listenerArn;

/** Whether a rule, by its ARN and its priority (null: the default one) in the route's listener, is the weighted one. */
export const isWeightedRule = (
  route: RouteBinding,
  rule: { readonly ruleArn: string; readonly priority: number | null },
): boolean => (route.weightedRuleArn === undefined ? rule.priority === null : rule.ruleArn === route.weightedRuleArn);

/**
 * Whether the numbers of two pins, each from the raised to the parked one, meet on one listener. Where they do not, the
 * rules of one route stay above those of the other wherever the pins are.
 */
export const pinsCross = (one: RouteBinding, other: RouteBinding): boolean =>
  one.pin !== undefined &&
  other.pin !== undefined &&
  one.listenerArn === other.listenerArn &&
  one.pin.raisedPriority <= other.pin.parkedPriority &&
  other.pin.raisedPriority <= one.pin.parkedPriority;

/** Whether two pins on one listener want one number: only one of them could be there. */
export const pinsShareNumber = (one: RouteBinding, other: RouteBinding): boolean => {
  const numbers = ({ pin }: RouteBinding) => (pin === undefined ? [] : [pin.raisedPriority, pin.parkedPriority]);
  return one.listenerArn === other.listenerArn && numbers(one).some((number) => numbers(other).includes(number));
};
