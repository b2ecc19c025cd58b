import { canonicalJson } from "../kernel/json.ts";
import type { RouteBinding } from "../signals/bindings.ts";
import { mayOverlap } from "./overlap.ts";
import type { ForwardTarget, ObservedListener, ObservedRule } from "./rules-port.ts";

export type PinPosition = "parked" | "raised" | "gone";

/** One route as its listener shows it: pin and weighted rule together, because either alone tells nothing. */
export interface ObservedRoute {
  readonly route: RouteBinding;
  readonly pin: PinPosition;
  /** Share of the weighted rule, whatever the pin does. */
  readonly ruleGreenPercent: number;
  /** What green really takes: 0 below a raised pin. */
  readonly greenPercent: number;
  readonly sticky: boolean;
  readonly weightedRule: ObservedRule;
}

/** Why the rules are not the ones that were agreed on, where they are not. */
export type RouteSight =
  | { readonly kind: "seen"; readonly observed: ObservedRoute }
  | {
      readonly kind: "foreign";
      readonly route: RouteBinding;
      readonly why: string;
      /** The weighted rule, where it is there and forwards: a way to blue has to keep its other actions. */
      readonly weightedRule?: ObservedRule;
    };

const foreign = (route: RouteBinding, why: string, weighted?: ObservedRule): RouteSight => ({
  ...{ kind: "foreign", route, why },
  ...(weighted === undefined || weighted.forward === null ? {} : { weightedRule: weighted }),
});

/** Reads one route out of its listener's rules. Anything that is not as bound is foreign, and nothing may be written. */
export const observeRoute = (
  route: RouteBinding,
  listener: ObservedListener,
  all: readonly RouteBinding[],
): RouteSight => {
  const weighted = listener.rules.find(({ ruleArn }) => ruleArn === route.weightedRuleArn);
  if (weighted === undefined) return foreign(route, "the weighted rule is gone");
  const share = shareOf(weighted, route);
  if (typeof share === "string") return foreign(route, share, weighted);
  const pin = listener.rules.find(({ ruleArn }) => ruleArn === route.pin.ruleArn);
  const position = pinPosition(pin, weighted, route);
  if (typeof position === "object") return foreign(route, position.why, weighted);
  const intruder = intruderIn(listener, weighted, route, all);
  if (intruder !== null) return foreign(route, intruder, weighted);
  return {
    kind: "seen",
    observed: {
      route,
      pin: position,
      ruleGreenPercent: share,
      greenPercent: position === "raised" ? 0 : share,
      sticky: weighted.forward?.sticky ?? false,
      weightedRule: weighted,
    },
  };
};

/** True when the pin, as shown, takes everything the weighted rule would: above it, same conditions, blue alone. */
export const isPinned = (sight: RouteSight): boolean => sight.kind === "seen" && sight.observed.pin === "raised";

const sum = (targets: readonly ForwardTarget[]): number => targets.reduce((total, { weight }) => total + weight, 0);

const shareOf = (rule: ObservedRule, route: RouteBinding): number | string => {
  if (rule.forward === null) return "the weighted rule does not forward";
  const { targets } = rule.forward;
  const stranger = targets.find(
    ({ targetGroupArn }) => targetGroupArn !== route.blue && targetGroupArn !== route.green,
  );
  if (stranger !== undefined) return `the weighted rule forwards to ${stranger.targetGroupArn}`;
  // A rule with one target group takes everything, whatever its weight says.
  if (targets.length === 1) return targets[0]?.targetGroupArn === route.green ? 100 : 0;
  const total = sum(targets);
  if (total === 0) return "all weights of the weighted rule are 0";
  return (100 * sum(targets.filter(({ targetGroupArn }) => targetGroupArn === route.green))) / total;
};

const pinPosition = (
  pin: ObservedRule | undefined,
  weighted: ObservedRule,
  route: RouteBinding,
): PinPosition | { readonly why: string } => {
  if (pin === undefined) return "gone";
  if (pin.priority === null || weighted.priority === null) return { why: "a default rule cannot be a route" };
  if (canonicalJson(pin.conditions) !== canonicalJson(weighted.conditions))
    return { why: "the pin's conditions are not the weighted rule's" };
  const targets = pin.forward?.targets.filter(({ weight }) => weight > 0 || pin.forward?.targets.length === 1) ?? [];
  const toBlueAlone = targets.length === 1 && targets[0]?.targetGroupArn === route.blue && !pin.forward?.sticky;
  if (!toBlueAlone) return { why: "the pin does not forward to blue alone" };
  return pin.priority < weighted.priority ? "raised" : "parked";
};

const intruderIn = (
  listener: ObservedListener,
  weighted: ObservedRule,
  route: RouteBinding,
  all: readonly RouteBinding[],
): string | null => {
  const ours = new Set(all.flatMap(({ weightedRuleArn, pin }) => [weightedRuleArn, pin.ruleArn]));
  for (const rule of listener.rules.filter(({ ruleArn }) => !ours.has(ruleArn))) {
    if (rule.forward?.targets.some(({ targetGroupArn }) => targetGroupArn === route.green) === true)
      return `rule ${rule.ruleArn} also forwards to green`;
    const above = rule.priority !== null && weighted.priority !== null && rule.priority < weighted.priority;
    if (above && mayOverlap(rule.conditions, weighted.conditions))
      return `rule ${rule.ruleArn} stands above and takes requests of this route`;
  }
  return null;
};
