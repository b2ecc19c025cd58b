import type { WeightPercent } from "../kernel/units.ts";
import type { CutoverBindings, RouteBinding } from "../signals/bindings.ts";
import { type PinnedRoute, pinnedRoutes } from "../signals/routes.ts";
import { STICKY_SECONDS } from "./deviation.ts";
import { isStickyAt } from "./drift.ts";
import type { ObservedRoute } from "./observed-route.ts";
import type { WeightWrite } from "./rules-port.ts";

/** Changes of the load balancer, as data. */
export type PinMove = { readonly kind: "movePin"; readonly route: PinnedRoute; readonly to: "raised" | "parked" };
export type WeightChange = { readonly kind: "setWeight"; readonly route: RouteBinding; readonly write: WeightWrite };

const setWeight = (route: RouteBinding, greenPercent: number): WeightChange => ({
  kind: "setWeight",
  route,
  write: { route, greenPercent, stickySeconds: isStickyAt(greenPercent) ? STICKY_SECONDS : null },
});

/** The weighted rule of every route to one share of green, stickiness as that share needs it. */
export const planWeight = (cutover: CutoverBindings, to: WeightPercent): readonly WeightChange[] =>
  cutover.routes.map((route) => setWeight(route, to));

/**
 * All to blue, route by route: the pin first, because a late promote below it changes no traffic; then the weighted
 * rule, shadowed now, so that nothing comes back when the pin is lowered one day. A plain route has the second alone.
 */
export const planSnapBack = (
  cutover: CutoverBindings,
): { readonly pins: readonly PinMove[]; readonly weights: readonly WeightChange[] } => ({
  pins: pinnedRoutes(cutover).map((route) => ({ kind: "movePin", route, to: "raised" })),
  weights: cutover.routes.map((route) => setWeight(route, 0)),
});

export const planLowerPin = (cutover: CutoverBindings): readonly PinMove[] =>
  pinnedRoutes(cutover).map((route) => ({ kind: "movePin", route, to: "parked" }));

/** True when the weighted rule already is what a write would make it. */
export const weightStands = (observed: ObservedRoute, greenPercent: number): boolean =>
  observed.ruleGreenPercent === greenPercent && observed.sticky === isStickyAt(greenPercent);
