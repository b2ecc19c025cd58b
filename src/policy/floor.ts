import { type DurationMs, durationMs, parseDuration } from "../kernel/units.ts";
import type { SignalPath } from "../signals/catalogue.ts";
import type { Policy, RollbackRule } from "./policy-file.ts";

/** At least ten in three minutes, and half of green's requests. Counts arrive late and are too small until then. */
const halfOf = (count: SignalPath) => ({
  and: [{ ">=": [{ stat: [count, "sum", "3m"] }, 10] }, { ">=": [{ rate: [count, "green.requests", "3m"] }, 0.5] }],
});

/**
 * Judged beside the rollback rules of every policy, and alone where no policy can be read: what no file can remove.
 * It is coarser than any sane policy, so that it never speaks before one. A target that takes no connection answers
 * with no error either: it is dead by the connections, and one that nobody may be sent to by its hosts.
 */
export const FLOOR_RULES: readonly RollbackRule[] = [
  {
    id: "floor",
    why: "half of what green answers is an error, or half of its connections fail, or no host of it is healthy: no policy may call that acceptable",
    when: {
      or: [
        halfOf("green.errors5xx"),
        halfOf("green.connectionErrors"),
        { "===": [{ stat: ["green.healthyHosts", "max", "5m"] }, 0] },
      ],
    },
  },
];

/** What rollback needs of a policy. With `FLOOR_POLICY` it goes on where the policy cannot be read. */
export type RollbackPolicy = Pick<Policy, "rollback" | "blind" | "data" | "params">;

/** Stands in where no policy can be read: nothing is promoted, and gross failure still sends traffic back. */
export const FLOOR_POLICY: RollbackPolicy = {
  rollback: [],
  blind: { after: "30m", watch: ["green.requests", "green.healthyHosts"], action: "hold" },
  data: { cadence: "1m", maxAge: "3m", minCoverage: 0.9 },
};

/** Older than this no value is evidence, whatever a policy says. */
export const LONGEST_MAX_AGE = "5m";

/** How old a metric may be and still be in sight. */
export const maxAgeMs = ({ data }: Pick<Policy, "data">): DurationMs =>
  durationMs(Math.min(parseDuration(data.maxAge), parseDuration(LONGEST_MAX_AGE)));

/** What has to stay in sight: what the policy watches, and what no policy can leave out. */
export const watchedSignals = ({ blind }: Pick<Policy, "blind">): readonly SignalPath[] => [
  ...new Set([...blind.watch, ...FLOOR_POLICY.blind.watch]),
];

/** How long pawl may be blind: as the policy says, and no longer than any policy may. */
export const blindAfterMs = ({ blind }: Pick<Policy, "blind">): DurationMs =>
  durationMs(Math.min(parseDuration(blind.after), parseDuration(FLOOR_POLICY.blind.after)));
