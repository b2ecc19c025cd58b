import { mayReachGreen, type RouteSight, takersOf } from "../actuation/observed-route.ts";
import type { Forward } from "../actuation/rules-port.ts";
import { readRoutes } from "../guard/look.ts";
import type { GuardPorts } from "../guard/ports.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { weightedArn } from "../signals/routes.ts";

/**
 * What of the load balancer's rules gives green users, or may; null where they show that it has none. Rules that are not as
 * bound, a pin that is not made yet, say nothing by themselves: before a first arm they need not be finished.
 */
export const greenInUse = async (
  ports: Pick<GuardPorts, "clock" | "rules">,
  cutover: CutoverBindings,
): Promise<string | null> => {
  const { sights, elsewhere, failures } = await readRoutes(ports, cutover, "load balancer");
  const ways = [...(elsewhere === null ? [] : [elsewhere]), ...sights.flatMap(wayToGreen)];
  if (ways.length > 0) return ways.join("; ");
  return failures.length > 0 ? `Whether green has users cannot be told: ${failures.join("; ")}` : null;
};

const wayToGreen = (sight: RouteSight): readonly string[] => {
  if (sight.kind === "seen") {
    const { route, greenPercent } = sight.observed;
    const by =
      greenPercent > 0 ? `gives green ${greenPercent} %` : "has stickiness on: cookies may hold users on green";
    return mayReachGreen(sight) ? [`rule ${weightedArn(route)} ${by}`] : [];
  }
  const { route, weightedRule } = sight;
  const leads = weightedRule?.forward != null && leadsTo(weightedRule.forward, route.green);
  return leads ? [`rule ${weightedArn(route)} forwards to green (${sight.why})`] : [];
};

/** Cookies hold users on a group whatever its weight is. */
const leadsTo = (forward: Forward, green: string): boolean =>
  (forward.sticky ? forward.targets : takersOf(forward)).some(({ targetGroupArn }) => targetGroupArn === green);
