import { toIso } from "../kernel/instant.ts";
import { type EpochMs, later } from "../kernel/units.ts";
import { blindAfterMs } from "../policy/floor.ts";
import { knowsPolicy, type Obstacle } from "./blocking.ts";
import type { DecideInput } from "./decision.ts";
import { greenMayHaveTraffic } from "./rollback-cause.ts";

/**
 * Without traffic on green there is nothing to be blind to, and past the point of no return the streams go by intent. A
 * tick without the policy does not know what to watch: it may begin a blindness, and never end one.
 */
export const blindSinceOf = ({ state, judgement, facts, tick }: DecideInput): EpochMs | null => {
  if (!greenMayHaveTraffic(state) || state.wayBack !== "open") return null;
  if (judgement.blind.length > 0) return state.blindSince ?? tick;
  return knowsPolicy(facts.trouble) ? null : (state.blindSince ?? null);
};

/** What being blind keeps from going on, and until when it may last. */
export const blindObstacles = (
  { judgement, facts, policy }: DecideInput,
  since: EpochMs | null,
): readonly Obstacle[] => {
  if (since === null) return [];
  const unseen = judgement.blind.map(({ signal, reason }) => `${signal}: ${reason}`);
  const watched = "every watched signal";
  const clears = "the signals can be read again";
  if (knowsPolicy(facts.trouble)) {
    const ends = `${policy.blind.action} at ${toIso(later(since, blindAfterMs(policy)))}`;
    return [{ what: "blind", value: unseen.join("; "), threshold: `${watched}; ${ends}`, clears }];
  }
  const value = [...unseen, `since ${toIso(since)}, and the policy that says what to watch cannot be read`].join("; ");
  return [{ what: "blind", value, threshold: watched, clears: `the policy can be read, and ${clears}` }];
};
