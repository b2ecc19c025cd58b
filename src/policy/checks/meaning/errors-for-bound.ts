import { rateBound } from "../../operations/rates.ts";

/** A comparison with an exact bound of a rate: `rate_upper` or `rate_lower`, of `confidence` from 0 to 1. */
interface BoundAsked {
  readonly side: "upper" | "lower";
  readonly confidence: number;
  /** A share from 0 to 1. */
  readonly limit: number;
  /** It has to be above the limit, and not on it. */
  readonly strictly: boolean;
}

/** The fewest errors among so many requests by which the bound reaches the limit; one more than all where none do. */
export const errorsForBound = (requests: number, { side, confidence, limit, strictly }: BoundAsked): number => {
  const reaches = (errors: number): boolean => {
    const bound = rateBound(side, { part: errors, whole: requests }, confidence);
    return strictly ? bound > limit : bound >= limit;
  };
  let [few, enough] = [-1, requests + 1];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (reaches(middle)) enough = middle;
    else few = middle;
  }
  return enough;
};
