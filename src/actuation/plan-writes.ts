import type { WeightPercent } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { isStickyAt } from "./drift.ts";
import type { ObservedRoute } from "./observed-route.ts";
import type { WeightWrite } from "./rules-port.ts";

/** One change of the load balancer, as data. */
export type RuleWrite =
  | { readonly kind: "movePin"; readonly route: RouteBinding; readonly to: "raised" | "parked" }
  | { readonly kind: "setWeight"; readonly route: RouteBinding; readonly write: WeightWrite };

/** Long enough that a user stays on one side through a session, as the two streams need it. */
export const STICKY_SECONDS = 3_600;

const setWeight = (route: RouteBinding, greenPercent: number): RuleWrite => ({
  kind: "setWeight",
  route,
  write: { route, greenPercent, stickySeconds: isStickyAt(greenPercent) ? STICKY_SECONDS : null },
});

/** The weighted rule of every route to one share of green, stickiness as that share needs it. */
export const planWeight = (cutover: CutoverBindings, to: WeightPercent): readonly RuleWrite[] =>
  cutover.routes.map((route) => setWeight(route, to));

/**
 * All to blue, route by route: the pin first, because a late promote below it changes no traffic; then the weighted
 * rule, shadowed now, so that nothing comes back when the pin is lowered one day.
 */
export const planSnapBack = (cutover: CutoverBindings): readonly (readonly [RuleWrite, RuleWrite])[] =>
  cutover.routes.map((route) => [{ kind: "movePin", route, to: "raised" }, setWeight(route, 0)]);

export const planLowerPin = (cutover: CutoverBindings): readonly RuleWrite[] =>
  cutover.routes.map((route) => ({ kind: "movePin", route, to: "parked" }));

/** True when the weighted rule already is what a write would make it. */
export const weightStands = (observed: ObservedRoute, greenPercent: number): boolean =>
  observed.ruleGreenPercent === greenPercent && observed.sticky === isStickyAt(greenPercent);
