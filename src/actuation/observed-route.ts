import type { RouteBinding } from "../signals/bindings.ts";
import { isPinnedRoute, isWeightedRule } from "../signals/routes.ts";
import { sameConditions } from "./conditions.ts";
import { deviationOf, shapeOf } from "./deviation.ts";
import { intruderIn } from "./intruders.ts";
import type { Forward, ForwardTarget, ObservedListener, ObservedRule } from "./rules-port.ts";

/**
 * Where the way back by one rule stands. A plain route has no pin: `none`, or `gone` where its rule forwards to green alone,
 * which decommission leaves behind so that a rollback without the table knows that blue is being fenced.
 */
export type PinPosition = "parked" | "raised" | "gone" | "none";

/** One route as its listener shows it: pin and weighted rule together, because either alone tells nothing. */
export interface ObservedRoute {
  readonly route: RouteBinding;
  readonly pin: PinPosition;
  /** Share of the weighted rule, whatever the pin does. */
  readonly ruleGreenPercent: number;
  /** What green really takes: 0 below a raised pin. */
  readonly greenPercent: number;
  readonly sticky: boolean;
  /** What is not as agreed although traffic goes where it should; null where nothing is. */
  readonly deviation: string | null;
  /** What of the weighted rule no step changes; compared with what it was at arming. */
  readonly shape: string;
  readonly weightedRule: ObservedRule;
}

/** Why the rules are not the ones that were agreed on, where they are not. */
export type RouteSight =
  | { readonly kind: "seen"; readonly observed: ObservedRoute }
  /** `weightedRule`: as it is all the same, because a rollback may have nothing else to write to. */
  | {
      readonly kind: "foreign";
      readonly route: RouteBinding;
      readonly why: string;
      readonly weightedRule: ObservedRule | null;
    };

/** Reads one route out of its listener's rules. Anything that is not as bound is foreign, and nothing may be written. */
export const observeRoute = (
  route: RouteBinding,
  listener: ObservedListener,
  all: readonly RouteBinding[],
): RouteSight => {
  const weighted = listener.rules.find((rule) => isWeightedRule(route, rule));
  const foreign = (why: string): RouteSight => ({ kind: "foreign", route, why, weightedRule: weighted ?? null });
  if (weighted === undefined) return foreign("the weighted rule is gone");
  if (weighted.priority === null && route.weightedRuleArn !== undefined) return foreign(DEFAULT_BY_ARN);
  const { forward } = weighted;
  if (forward === null) return foreign("the weighted rule does not forward");
  const share = shareOf(forward, route);
  if (typeof share === "string") return foreign(share);
  const pin = listener.rules.find(({ ruleArn }) => ruleArn === route.pin?.ruleArn);
  const position = isPinnedRoute(route) ? pinPosition(pin, weighted, route) : plainPosition(forward, route);
  if (typeof position === "object") return foreign(position.why);
  const intruder = intruderIn(listener, weighted, route, all);
  if (intruder !== null) return foreign(intruder);
  return {
    kind: "seen",
    observed: {
      route,
      pin: position,
      ruleGreenPercent: share,
      greenPercent: position === "raised" ? 0 : share,
      sticky: forward.sticky,
      deviation: deviationOf(route, weighted, pin, listener.rules),
      shape: shapeOf(weighted),
      weightedRule: weighted,
    },
  };
};

const DEFAULT_BY_ARN =
  "weightedRuleArn names the listener's default rule, to which no weights can be written: leave weightedRuleArn and pin " +
  "out of the route, and pawl writes the listener's default action";

/**
 * True when the route, as shown, sends everything to blue: by its pin, above the weighted rule, same conditions, blue
 * alone; or, where it has none, by the weighted rule itself.
 */
export const isOnBlue = (sight: RouteSight): boolean => notOnBlue(sight) === null;

/** What of a route, as shown, keeps it from sending everything to blue; null where it does. */
export const notOnBlue = (sight: RouteSight): string | null => {
  if (sight.kind !== "seen") return sight.why;
  const { pin, ruleGreenPercent, sticky, route } = sight.observed;
  if (pin === "raised" || (pin === "none" && ruleGreenPercent === 0 && !sticky)) return null;
  if (!isPinnedRoute(route)) return "blue was written and is not seen alone";
  return pin === "gone" ? "the pin is gone" : "the pin was raised and is not seen above";
};

/** Whether green may have users of this route: by a share, by cookies that hold them there, or by rules nobody agreed on. */
export const mayReachGreen = (sight: RouteSight): boolean =>
  sight.kind === "foreign" ||
  sight.observed.greenPercent > 0 ||
  (sight.observed.sticky && sight.observed.pin !== "raised");

/** Where a pin has to be for the weights to reach users, or where there is none. */
export const isUnpinned = ({ pin }: ObservedRoute): boolean => pin === "parked" || pin === "none";

const sum = (targets: readonly ForwardTarget[]): number => targets.reduce((total, { weight }) => total + weight, 0);

const shareOf = ({ targets }: Forward, route: RouteBinding): number | string => {
  const stranger = targets.find(
    ({ targetGroupArn }) => targetGroupArn !== route.blue && targetGroupArn !== route.green,
  );
  if (stranger !== undefined) return `the weighted rule forwards to ${stranger.targetGroupArn}`;
  const greens = targets.filter(({ targetGroupArn }) => targetGroupArn === route.green);
  // A rule with one target group takes everything, whatever its weight says.
  if (targets.length === 1) return 100 * greens.length;
  const total = sum(targets);
  if (total === 0) return "all weights of the weighted rule are 0";
  return (100 * sum(greens)) / total;
};

const pinPosition = (
  pin: ObservedRule | undefined,
  weighted: ObservedRule,
  route: RouteBinding,
): PinPosition | { readonly why: string } => {
  if (pin === undefined) return "gone";
  if (pin.priority === null || weighted.priority === null) return { why: "a default rule cannot be a route" };
  if (!sameConditions(pin.conditions, weighted.conditions))
    return { why: "the pin's conditions are not the weighted rule's" };
  if (pin.forward === null || pin.forward.sticky || !leadsToAlone(pin.forward, route.blue))
    return { why: "the pin does not forward to blue alone" };
  return pin.priority < weighted.priority ? "raised" : "parked";
};

/** Where new requests go. A rule with one target group takes everything, whatever its weight says. */
export const takersOf = ({ targets }: Forward): readonly ForwardTarget[] =>
  targets.length === 1 ? targets : targets.filter(({ weight }) => weight > 0);

const leadsToAlone = (forward: Forward, targetGroupArn: string): boolean => {
  const takers = takersOf(forward);
  return takers.length > 0 && takers.every((taker) => taker.targetGroupArn === targetGroupArn);
};

const plainPosition = ({ targets }: Forward, { green }: RouteBinding): PinPosition =>
  targets.every(({ targetGroupArn }) => targetGroupArn === green) ? "gone" : "none";
