import type { ObservedRule } from "../../../src/actuation/rules-port.ts";
import type { CutoverBindings, RouteBinding } from "../../../src/signals/bindings.ts";

type Rules = readonly ObservedRule[];
type Conditions = ObservedRule["conditions"];

const forPaths = (path: string): Conditions => [{ Field: "path-pattern", PathPatternConfig: { Values: [path] } }];

const ALL = forPaths("/*");
const SOME = [forPaths("/api/*"), forPaths("/assets/*")];
/** The weighted rule of a second route asks who it is before it forwards. */
const AUTHENTICATE = { Type: "authenticate-oidc", Order: 1 };

/** What the weights of a route are written to, as this load balancer names it. */
export const weightedIn = ({ weightedRuleArn, listenerArn }: RouteBinding): string =>
  weightedRuleArn ?? `${listenerArn}/default`;

/** A route as its listener knows it. Rules that are made of others' keep their conditions, to the very list. */
export interface Served {
  readonly listener: number;
  readonly conditions: Conditions;
  /** The conditions that a request of this route meets. */
  readonly meets: readonly Conditions[];
}

/** Of several routes on one listener the last takes all that the others leave. */
export const servedRoutes = ({ routes }: CutoverBindings): readonly Served[] => {
  const listeners = [...new Set(routes.map(({ listenerArn }) => listenerArn))];
  return routes.map(({ listenerArn }, index) => {
    const isLast = routes.findLastIndex((one) => one.listenerArn === listenerArn) === index;
    const conditions = isLast ? ALL : (SOME[index] ?? ALL);
    return { listener: listeners.indexOf(listenerArn), conditions, meets: [...new Set([conditions, ALL])] };
  });
};

const ofRoute = (route: RouteBinding, conditions: Conditions, priority: number): Rules => {
  const { listenerArn, weightedRuleArn, pin, blue, green } = route;
  const otherActions = (weightedRuleArn ?? listenerArn).endsWith("b") ? [AUTHENTICATE] : [];
  const weighted = {
    targets: [
      { targetGroupArn: blue, weight: 100 },
      { targetGroupArn: green, weight: 0 },
    ],
    sticky: false,
  };
  const toBlue = { targets: [{ targetGroupArn: blue, weight: 1 }], sticky: false };
  if (weightedRuleArn === undefined)
    return [{ ruleArn: weightedIn(route), priority: null, conditions, forward: weighted, otherActions: [] }];
  return [
    { ruleArn: weightedRuleArn, priority, conditions, forward: weighted, otherActions },
    ...(pin === undefined
      ? []
      : [{ ruleArn: pin.ruleArn, priority: pin.parkedPriority, conditions, forward: toBlue, otherActions }]),
  ];
};

/** The rules of one listener before anybody has touched them. */
export const firstRules = ({ routes }: CutoverBindings, served: readonly Served[], listener: number): Rules => {
  const own = routes.filter((_, index) => served[index]?.listener === listener);
  const rules = own.flatMap((route, place) =>
    ofRoute(route, served[routes.indexOf(route)]?.conditions ?? ALL, 100 * (place + 1)),
  );
  const [first] = own;
  if (first === undefined || rules.some(({ priority }) => priority === null)) return rules;
  const toBlue = { targets: [{ targetGroupArn: first.blue, weight: 1 }], sticky: false };
  const fallback = { ruleArn: `${first.listenerArn}/default`, priority: null, conditions: [], forward: toBlue };
  return [...rules, { ...fallback, otherActions: [] }];
};
