import { canonicalJson, isJsonObject, type JsonValue } from "../kernel/json.ts";
import type { RouteBinding } from "../signals/bindings.ts";
import { isPinnedRoute, type PinnedRoute } from "../signals/routes.ts";
import { conditionsText } from "./conditions.ts";
import type { ObservedRule } from "./rules-port.ts";

/** Long enough that a user stays on one side through a session, as the two streams need it. */
export const STICKY_SECONDS = 3_600;

/**
 * What of a route is not as it was agreed although its traffic goes where it should: the way back would not work, or
 * would change more than the side. null where nothing is.
 */
export const deviationOf = (
  route: RouteBinding,
  weighted: ObservedRule,
  pin: ObservedRule | undefined,
  rules: readonly ObservedRule[],
): string | null =>
  stickinessDeviation(weighted) ??
  (pin === undefined || !isPinnedRoute(route)
    ? null
    : (placeDeviation(route, weighted, pin, rules) ?? pinActionsDeviation(weighted, pin)));

/** The pin's numbers: its upper one free and above the weighted rule, itself at one of the two. */
const placeDeviation = (
  { pin: { ruleArn, raisedPriority, parkedPriority } }: PinnedRoute,
  weighted: ObservedRule,
  pin: ObservedRule,
  rules: readonly ObservedRule[],
): string | null => {
  const taken = rules.find((rule) => rule.priority === raisedPriority && rule.ruleArn !== ruleArn);
  if (taken !== undefined)
    return `rule ${taken.ruleArn} has ${raisedPriority}, the number that is reserved for the pin`;
  if ((weighted.priority ?? 0) <= raisedPriority)
    return `the weighted rule stands at ${weighted.priority}: the pin at ${raisedPriority} would not be above it`;
  return pin.priority === raisedPriority || pin.priority === parkedPriority
    ? null
    : `the pin stands at ${pin.priority}, which is neither of its numbers`;
};

/** A pin without the weighted rule's login or rewrites would take them away from everybody it sends back. */
export const pinActionsDeviation = (weighted: ObservedRule, pin: ObservedRule): string | null => {
  if (actionsText(pin.otherActions) !== actionsText(weighted.otherActions))
    return "the pin's actions before the forward are not the weighted rule's";
  return canonicalJson(pin.transforms ?? []) === canonicalJson(weighted.transforms ?? [])
    ? null
    : "the pin's transforms are not the weighted rule's";
};

const stickinessDeviation = ({ forward }: ObservedRule): string | null =>
  forward?.sticky === true && (forward.stickySeconds ?? STICKY_SECONDS) !== STICKY_SECONDS
    ? `stickiness of the weighted rule lasts ${forward.stickySeconds} s, pawl writes ${STICKY_SECONDS} s`
    : null;

/** Their sequence counts, the numbers that make it do not. */
const actionsText = (actions: readonly JsonValue[]): string =>
  canonicalJson(
    actions.map((action) =>
      isJsonObject(action) ? Object.fromEntries(Object.entries(action).filter(([key]) => key !== "Order")) : action,
    ),
  );

/** Everything about a weighted rule that no step changes: which requests it takes and what it does before forwarding. */
export const shapeOf = (weighted: ObservedRule): string =>
  [
    conditionsText(weighted.conditions),
    actionsText(weighted.otherActions),
    canonicalJson(weighted.transforms ?? []),
  ].join("|");
