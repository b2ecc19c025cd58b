import type { CutoverEvent } from "../decision/events.ts";
import type { CutoverState } from "../decision/state.ts";
import { type Change, commit } from "../guard/commit.ts";
import { flushOutbox, type OutboxPorts } from "../guard/outbox.ts";

/** Promote writes the same item at the same minute; being overtaken by it is ordinary, and looked at again at once. */
export const MOVED = "the state moved meanwhile";

/** How an event is recorded, by its kind, and how people are told of it, in words. */
interface Told {
  readonly kind: string;
  readonly says: string;
  readonly summary: string;
}

/** Writes events, and tells people of them. @returns null when committed, else why not: `MOVED` where another writer came before. */
export const record = async (
  ports: OutboxPorts,
  state: CutoverState,
  events: readonly CutoverEvent[],
  { kind, says, summary }: Told,
): Promise<string | null> => {
  const change: Change = {
    events,
    account: {
      kind,
      summary,
      at: ports.clock.now(),
      tick: null,
      detail: { wayBack: state.wayBack },
      notify: { subject: `${state.cutover}: ${says}`, body: summary, urgency: "info" },
    },
  };
  const outcome = await commit(ports, state, change);
  if (outcome.kind === "committed") {
    await flushOutbox(ports, outcome.state);
    return null;
  }
  return outcome.kind === "moved" ? MOVED : outcome.message;
};
