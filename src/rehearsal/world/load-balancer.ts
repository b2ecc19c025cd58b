import type { ObservedRule, RulesPort } from "../../actuation/rules-port.ts";
import { ok, outsideFailure } from "../../kernel/result.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { PinnedRoute } from "../../signals/routes.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Green's share of all requests from an instant on. */
export interface ShareChange {
  readonly at: EpochMs;
  readonly greenPercent: number;
}

export interface SimulatedRules extends RulesPort {
  /** Every change of green's effective share, oldest first; the first is 0 % from the beginning. */
  readonly shares: readonly ShareChange[];
}

/**
 * One route of a load balancer that does at once what it is asked, and shows it. `visible` is false while its rules
 * cannot be read.
 */
export const simulatedRules = (clock: VirtualClock, route: PinnedRoute, visible: () => boolean): SimulatedRules => {
  let weighted: ObservedRule = ruleOf(route.weightedRuleArn, 100, [
    { targetGroupArn: route.blue, weight: 100 },
    { targetGroupArn: route.green, weight: 0 },
  ]);
  let pin = ruleOf(route.pin.ruleArn, route.pin.parkedPriority, [{ targetGroupArn: route.blue, weight: 1 }]);
  let greenWeight = 0;
  const shares: ShareChange[] = [{ at: clock.now(), greenPercent: 0 }];
  const changed = (shows: ObservedRule) => {
    const greenPercent = pin.priority === route.pin.raisedPriority ? 0 : greenWeight;
    if (shares.at(-1)?.greenPercent !== greenPercent) shares.push({ at: clock.now(), greenPercent });
    return { kind: "applied", answeredAt: clock.now(), shows: [shows] } as const;
  };
  return {
    shares,
    listListeners: async () => ok([route.listenerArn]),
    readListener: async (listenerArn) =>
      visible()
        ? ok({ listenerArn, readAt: clock.now(), rules: [weighted, pin] })
        : outsideFailure("timed-out", "DescribeRules: no answer, by the scenario"),
    writeWeights: async ({ greenPercent, stickySeconds }) => {
      greenWeight = greenPercent;
      const targets = [
        { targetGroupArn: route.blue, weight: 100 - greenPercent },
        { targetGroupArn: route.green, weight: greenPercent },
      ];
      weighted = { ...weighted, forward: { targets, sticky: stickySeconds !== null } };
      return changed(weighted);
    },
    movePin: async (_route, to) => {
      pin = { ...pin, priority: to === "raised" ? route.pin.raisedPriority : route.pin.parkedPriority };
      return changed(pin);
    },
    // Only decommission deletes it, and a simulation ends where decommission begins.
    deletePin: async () => ({
      kind: "refused",
      code: "NotSimulated",
      message: "the pin is not deleted in a simulation",
    }),
  };
};

const ruleOf = (
  ruleArn: string,
  priority: number,
  targets: NonNullable<ObservedRule["forward"]>["targets"],
): ObservedRule => ({ ruleArn, priority, conditions: [], forward: { targets, sticky: false }, otherActions: [] });

/** Green's share of the requests of [from, to), 0 to 1. */
export const shareBetween = (shares: readonly ShareChange[], from: number, to: number): number => {
  let total = 0;
  for (let index = shares.length - 1; index >= 0; index -= 1) {
    const change = shares[index];
    if (change === undefined) continue;
    const end = Math.min(to, shares[index + 1]?.at ?? to);
    const begin = Math.max(from, change.at);
    if (end > begin) total += (end - begin) * change.greenPercent;
    if (change.at <= from) break;
  }
  return total / (100 * (to - from));
};
