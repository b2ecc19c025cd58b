import type { DecommissionActs } from "./acts.ts";
import type { LoadBalancerActs } from "./load-balancer-acts.ts";
import { DECOMMISSION_PLAN } from "./plan.ts";

type CdcActs = Omit<DecommissionActs, keyof LoadBalancerActs>;

const OURS = new Set<string>([
  "alarm-actions-off",
  "delete-pin",
  "confirm-green",
  "point-of-no-return",
  "outwait-rollback",
]);

/**
 * The acts on CDC, where this release does not carry them out: each asks for somebody. The plan begins with one of
 * them, so nothing is taken away and the way back stays open until they are.
 */
export const cdcActsByHand: CdcActs = Object.fromEntries(
  DECOMMISSION_PLAN.filter(({ action }) => !OURS.has(action)).map(({ action, why }) => [
    action,
    async () => ({
      kind: "failed" as const,
      message: `${action} is not carried out by this release (${why}). CDC runs on both ways; nothing was taken apart.`,
    }),
  ]),
) as unknown as CdcActs;
