import { type CutoverEvent, evolve } from "../decision/evolve.ts";
import type { CutoverState } from "../decision/state.ts";
import { type Account, cleared, compose } from "../ledger/compose.ts";
import { COMMIT_ATTEMPTS, NOTIFY_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts, TransitionOutcome } from "./ports.ts";

export type CommitPorts = Pick<GuardPorts, "state" | "newId" | "digest">;
export type OutboxPorts = CommitPorts & Pick<GuardPorts, "ledger" | "notify">;

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

/**
 * Carries the outbox where it belongs: records into the ledger, messages to people, at least once each. What could not
 * be delivered stays for the next run.
 * @returns The state as it is afterwards, as far as this run knows it.
 */
export const flushOutbox = async (ports: OutboxPorts, state: CutoverState): Promise<CutoverState> => {
  const delivered = new Set<string>();
  for (const entry of state.outbox) {
    const { record, notification } = entry;
    if (record !== undefined) {
      const stored = await ports.ledger.append(state.cutover, record, STATE_TIMEOUT_MS);
      // In order, or not at all: a ledger with a hole reads like one that was cut.
      if (!stored.ok) break;
    }
    if (notification !== undefined) {
      const message = { ...notification, id: entry.id, cutover: state.cutover };
      const sent = await ports.notify.send(message, NOTIFY_TIMEOUT_MS);
      if (!sent.ok) continue;
    }
    delivered.add(entry.id);
  }
  if (delivered.size === 0) return state;
  const next = cleared(state, delivered, ports.newId());
  const outcome = await ports.state.transition(state.version, next, STATE_TIMEOUT_MS);
  return outcome.kind === "committed" ? outcome.state : state;
};
