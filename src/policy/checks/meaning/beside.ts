import type { Value } from "./points.ts";

/** Values that lie no further apart than this are two that no threshold lies between but one. */
const HARDLY_ANY = 0.003;
/** One more of ten or more is hardly any more; one more of two is a host, or an alarm. */
const OF_A_COUNT = 0.1;

/**
 * Whether one value is hardly more than another. `wholeLimits` is what whole numbers are compared with: there nothing lies
 * between two that follow each other, and nothing but the limit between "below 100" and "above 100".
 */
export const isBeside = (
  one: Value | undefined,
  other: Value | undefined,
  wholeLimits: ReadonlySet<Value> | null = null,
): boolean => {
  if (typeof one !== "number" || typeof other !== "number") return false;
  const gap = Math.abs(one - other);
  const size = Math.max(Math.abs(one), Math.abs(other));
  if (gap <= HARDLY_ANY * size) return true;
  if (wholeLimits === null || gap > OF_A_COUNT * size) return false;
  return gap === 1 || (gap === 2 && wholeLimits.has((one + other) / 2));
};
