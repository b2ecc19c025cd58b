import type { CutoverEvent } from "../decision/events.ts";
import { evolve } from "../decision/evolve.ts";
import type { CutoverState } from "../decision/state.ts";
import { type Account, compose } from "../ledger/compose.ts";
import { COMMIT_ATTEMPTS, STATE_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts, TransitionOutcome } from "./ports.ts";

export type CommitPorts = Pick<GuardPorts, "state" | "newId" | "digest">;

export interface Change {
  readonly events: readonly CutoverEvent[];
  readonly account: Account;
}

/** One conditional write: the events applied, the record chained, both in the same item. */
export const commit = (ports: CommitPorts, before: CutoverState, change: Change): Promise<TransitionOutcome> => {
  const after = change.events.reduce(evolve, before);
  const next = compose(before, after, change.account, { writeId: ports.newId(), digest: ports.digest });
  return ports.state.transition(before.version, next, STATE_TIMEOUT_MS);
};

/**
 * Commits a change that stays right when somebody else's write came first, such as an operator's request: it is built
 * again from what is there. `change` returns null where it no longer applies.
 */
export const commitOnto = async (
  ports: CommitPorts,
  seen: CutoverState,
  change: (state: CutoverState) => Change | null,
): Promise<TransitionOutcome> => {
  let state = seen;
  for (let attempt = 1; attempt <= COMMIT_ATTEMPTS; attempt += 1) {
    const wanted = change(state);
    if (wanted === null) return { kind: "moved", state };
    const outcome = await commit(ports, state, wanted);
    if (outcome.kind !== "moved" || outcome.state === null) return outcome;
    state = outcome.state;
  }
  return { kind: "moved", state };
};
