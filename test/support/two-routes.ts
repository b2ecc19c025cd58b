import type { PinnedCutover, PinnedRoute } from "../../src/signals/routes.ts";
import { ORDERS } from "./fake-world.ts";

const [only] = ORDERS.routes;
if (only === undefined) throw new Error("unreachable");

/** The committed cutover's one route, and a second one on a listener of its own. */
export const http: PinnedRoute = only;
export const tls: PinnedRoute = {
  ...http,
  listenerArn: `${http.listenerArn}-tls`,
  weightedRuleArn: `${http.weightedRuleArn}-tls`,
  pin: { ...http.pin, ruleArn: `${http.pin.ruleArn}-tls` },
};
export const BOTH: PinnedCutover = { ...ORDERS, routes: [http, tls] };
