import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { CutoverBindings, Side } from "../../signals/bindings.ts";
import { hostsTogether, weakestGroup } from "../../signals/hosts.ts";
import type { TargetHealth } from "../../signals/ports.ts";
import { type Finding, fails, holds, unread } from "./finding.ts";

/** Both sides whole: green because it is about to take traffic, blue because it may have to take all of it back. */
export const hostFindings = (
  { expectedHosts }: CutoverBindings,
  read: Result<readonly TargetHealth[], OutsideFailure>,
): readonly Finding[] => {
  if (!read.ok)
    return [unread("healthy hosts", read.failure, "Correct routes[].blue and routes[].green in cutover.json.")];
  return (["blue", "green"] as const).map((side) => ofSide(side, expectedHosts, read.value));
};

const ofSide = (side: Side, expected: number, groups: readonly TargetHealth[]): Finding => {
  const weakest = weakestGroup(groups, side);
  const healthy = weakest?.healthy ?? 0;
  const unhealthy = hostsTogether(groups, side, "unhealthy");
  const isOneOfSeveral =
    new Set(groups.flatMap((group) => (group.side === side ? [group.targetGroupArn] : []))).size > 1;
  const what = `${side}'s hosts`;
  const where = isOneOfSeveral ? ` in ${weakest?.targetGroupArn}, the group with the fewest` : "";
  const value = `${healthy}/${expected} healthy${where}${unhealthy === 0 ? "" : `, ${unhealthy} not`}`;
  return healthy >= expected && unhealthy === 0
    ? holds(what, value)
    : fails(
        what,
        value,
        `Register or mend ${side}'s hosts; aws elbv2 describe-target-health says why one is not healthy.`,
      );
};
