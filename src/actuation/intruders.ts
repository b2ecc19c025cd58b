import type { RouteBinding } from "../signals/bindings.ts";
import { isPinnedRoute, isWeightedRule } from "../signals/routes.ts";
import { mayOverlap } from "./conditions.ts";
import type { ObservedListener, ObservedRule } from "./rules-port.ts";

/**
 * Why requests of a route go, or would go once its pin is raised, where nobody agreed on; null where none do.
 * @param all the routes of the cutover, whose own rules may stand above one another.
 */
export const intruderIn = (
  listener: ObservedListener,
  weighted: ObservedRule,
  route: RouteBinding,
  all: readonly RouteBinding[],
): string | null => {
  const elsewhere = greenElsewhere(all, [listener]);
  if (elsewhere !== null) return elsewhere;
  for (const rule of listener.rules.filter((one) => !isOurs(one, listener, all))) {
    if (weighted.priority === null) {
      // Every rule takes something from a default action; one that keeps it on blue lets both sides be written.
      if (rule.forward?.targets.some(({ targetGroupArn }) => targetGroupArn === route.blue) === true)
        return `rule ${rule.ruleArn} keeps requests on blue that the default action would move`;
      continue;
    }
    const above = rule.priority !== null && rule.priority < weighted.priority;
    if (above && mayOverlap(rule.conditions, weighted.conditions))
      return `rule ${rule.ruleArn} stands above and takes requests of this route`;
  }
  return overtakenIn(listener, weighted, route);
};

/**
 * A rule that stands above the weighted one and would not stand above the raised pin: going back would take its requests
 * too. The own rules of another route are no better, whose requests would reach the wrong blue.
 */
const overtakenIn = ({ rules }: ObservedListener, weighted: ObservedRule, route: RouteBinding): string | null => {
  const { priority: place, conditions } = weighted;
  if (!isPinnedRoute(route) || place === null) return null;
  const { ruleArn, raisedPriority } = route.pin;
  const rule = rules.find(({ ruleArn: arn, priority, conditions: others }) => {
    const between = priority !== null && raisedPriority < priority && priority < place;
    return between && arn !== ruleArn && mayOverlap(others, conditions);
  });
  return rule === undefined
    ? null
    : `rule ${rule.ruleArn} at ${rule.priority} stands between the pin's ${raisedPriority} and the weighted rule at ` +
        `${place}: the raised pin takes its requests too. Leave no such rule between the two`;
};

const isOurs = (rule: ObservedRule, { listenerArn }: ObservedListener, all: readonly RouteBinding[]): boolean =>
  all.some(
    (route) =>
      route.listenerArn === listenerArn && (isWeightedRule(route, rule) || route.pin?.ruleArn === rule.ruleArn),
  );

/** The first rule beside those of the routes, default rules included, that leads to a green of the cutover. */
export const greenElsewhere = (
  routes: readonly RouteBinding[],
  listeners: readonly ObservedListener[],
): string | null => {
  const greens = new Set(routes.map(({ green }) => green));
  const leadsThere = ({ forward }: ObservedRule) =>
    forward?.targets.some(({ targetGroupArn }) => greens.has(targetGroupArn)) === true;
  const rule = listeners
    .flatMap((listener) => listener.rules.filter((one) => !isOurs(one, listener, routes)))
    .find(leadsThere);
  return rule === undefined ? null : `rule ${rule.ruleArn} also forwards to green`;
};
