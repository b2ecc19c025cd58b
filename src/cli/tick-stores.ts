import type { GuardPorts } from "../guard/ports.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { Stores } from "../rehearsal/stored-tick.ts";
import { unanswered } from "./failures.ts";
import { PATIENCE_MS } from "./limits.ts";
import { snapshotsInOrder } from "./stored-snapshots.ts";

/** Where a cutover's judged ticks are kept. They throw a `CommandFailure` where the table does not answer. */
export const tickStores = (ports: Pick<GuardPorts, "evidence" | "snapshots" | "policies">, cutover: string): Stores => {
  const policies = new Map<string, Policy | "changed" | null>();
  return {
    snapshot: snapshotsInOrder(ports, cutover),
    evidence: async (digest) => {
      const read = await ports.evidence.read(cutover, digest);
      if (read.ok) return read.value;
      if (read.failure.kind === "malformed") return "unreadable";
      throw unanswered(`The evidence of ${cutover} cannot be read.`, read.failure);
    },
    policy: async (digest) => {
      const known = policies.get(digest);
      if (known !== undefined) return known;
      const read = await ports.policies.read(digest, PATIENCE_MS);
      if (!read.ok && read.failure.kind !== "malformed")
        throw unanswered(`The policies of ${cutover} cannot be read.`, read.failure);
      const policy = read.ok ? read.value : "changed";
      policies.set(digest, policy);
      return policy;
    },
  };
};
