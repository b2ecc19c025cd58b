import type { Side } from "./bindings.ts";
import type { TargetHealth } from "./ports.ts";

/**
 * The target group of a side with the fewest healthy hosts; null where no group of that side is among them. A request goes to
 * the group of its own route: the hosts of another are no help to it, and a sum would hide a group that is dead.
 */
export const weakestGroup = (groups: readonly TargetHealth[], side: Side): TargetHealth | null => {
  const [first, ...others] = groups.filter((group) => group.side === side);
  if (first === undefined) return null;
  return others.reduce((weakest, group) => (group.healthy < weakest.healthy ? group : weakest), first);
};

/** Hosts of all target groups of a side together. */
export const hostsTogether = (groups: readonly TargetHealth[], side: Side, which: "healthy" | "unhealthy"): number =>
  groups.filter((group) => group.side === side).reduce((total, group) => total + group[which], 0);
