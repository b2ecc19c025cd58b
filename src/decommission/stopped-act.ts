import type { CutoverState, StoppedAct } from "../decision/state.ts";
import { commitOnto } from "../guard/commit.ts";
import { flushOutbox, type OutboxPorts } from "../guard/outbox.ts";
import type { JournalEntry } from "../guard/ports.ts";
import { durationMs, later } from "../kernel/units.ts";
import type { ActOutcome } from "./acts.ts";

/** Nothing presses while it stands still, and it is tried again every minute: people are told again after this. */
const AGAIN_AFTER_MS = durationMs(3_600_000);
/** Longer than any act waits where nothing is wrong. The longest is to outwait a rollback, under six minutes. */
const WAITS_UNTOLD_MS = durationMs(900_000);

/**
 * Tells people of an act that does not come about: at once where it failed, after a quarter of an hour where it waits,
 * then once an hour. What was told is kept in the state by the very write that leaves the message.
 * Effects: at most one write of the state and one message; what fails of it, the next minute does.
 */
export const tellStopped = async (
  ports: OutboxPorts,
  seen: CutoverState,
  { action, startedAt }: Pick<JournalEntry, "action" | "startedAt">,
  outcome: Extract<ActOutcome, { kind: "waiting" | "failed" }>,
): Promise<void> => {
  const at = ports.clock.now();
  if (outcome.kind === "waiting" && at < later(startedAt, WAITS_UNTOLD_MS)) return;
  // What it waits for is often told as what stands against it; "for a latched rollback" would say the contrary.
  const why = outcome.kind === "waiting" ? `It waits: ${outcome.for}.` : outcome.message;
  const stopped: StoppedAct = { action, why, since: startedAt, toldAt: at };
  const told = await commitOnto(ports, seen, (state) =>
    isDue(state, stopped)
      ? {
          events: [{ kind: "actStopped", stopped }],
          account: {
            kind: "decommission-stopped",
            summary: `decommission stopped at ${action}: ${why}`,
            at,
            tick: null,
            detail: { action, outcome: outcome.kind, wayBack: state.wayBack },
            notify: {
              subject: `${state.cutover}: decommission stopped at ${action}`,
              body: `${why} Nothing further is taken apart until this succeeds; it is tried again every minute. Way back: ${state.wayBack}; see pawl restore ${state.cutover}.`,
              urgency: "page",
            },
          },
        }
      : null,
  );
  if (told.kind === "committed") await flushOutbox(ports, told.state);
};

const isDue = ({ phase, stoppedAct: before }: CutoverState, { action, toldAt }: StoppedAct): boolean =>
  phase === "decommissioning" &&
  (before === undefined || before.action !== action || toldAt >= later(before.toldAt, AGAIN_AFTER_MS));
