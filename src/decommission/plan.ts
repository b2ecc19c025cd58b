import type { WayBack } from "../decision/state.ts";
import type { JournalEntry } from "../guard/ports.ts";
import type { EpochMs } from "../kernel/units.ts";

export type DecommissionAction =
  | "final-diff"
  | "point-of-no-return"
  | "alarm-actions-off"
  | "delete-pin"
  | "outwait-rollback"
  | "confirm-green"
  | "fence-blue"
  | "drain-forward"
  | "stop-forward"
  | "drop-forward-slot"
  | "stop-reverse-source"
  | "drain-reverse"
  | "stop-reverse-sink"
  | "drop-reverse-slot"
  | "reset-offsets"
  | "delete-connectors"
  | "drop-publications"
  | "drop-guards"
  | "verify-absence";

/** Which leave an act needs: promote gives the first from the gates and the approval, the second from rules that are all green. */
export type PermitKind = "point-of-no-return" | "teardown";

export interface PlannedAction {
  readonly action: DecommissionAction;
  readonly permit: PermitKind;
  readonly why: string;
  /** What is left to go back by once this is done; recorded before it is begun. */
  readonly wayBackAfter: WayBack;
}

const act = (action: DecommissionAction, permit: PermitKind, wayBackAfter: WayBack, why: string): PlannedAction => ({
  action,
  permit,
  wayBackAfter,
  why,
});

/**
 * The order in which CDC is taken apart. Of the two streams reverse goes last, because it is the way back; each slot
 * goes at once when its reader has stopped, because a slot without a reader fills its database's disk.
 */
export const DECOMMISSION_PLAN: readonly PlannedAction[] = [
  act("final-diff", "point-of-no-return", "open", "both sides hold the same rows while both can still be compared"),
  act(
    "point-of-no-return",
    "point-of-no-return",
    "restorable",
    "recorded before anything is taken away; a latch that came first wins",
  ),
  act("alarm-actions-off", "teardown", "restorable", "an alarm must not send traffic to a side that is being fenced"),
  act(
    "delete-pin",
    "teardown",
    "restorable",
    "without the pin, or blue in a rule that had none, a rollback that never heard of this refuses itself",
  ),
  act(
    "outwait-rollback",
    "teardown",
    "restorable",
    "a rollback already under way may still write until its time-out and the load balancer's bound are over",
  ),
  act(
    "confirm-green",
    "teardown",
    "restorable",
    "the rules are read twice: no pin, all on green, no latch; else blue must not be fenced",
  ),
  act("fence-blue", "teardown", "restorable", "no application may write where nobody reads any more"),
  act("drain-forward", "teardown", "restorable", "what blue accepted before the fence reaches green"),
  act("stop-forward", "teardown", "restorable", "nothing is left to carry"),
  act("drop-forward-slot", "teardown", "restorable", "blue's slot would keep its write-ahead log for ever"),
  act("stop-reverse-source", "teardown", "restorable", "reverse stops last, source first so that it can be drained"),
  act("drain-reverse", "teardown", "restorable", "what the source had sent by its stop reaches blue, too"),
  act("stop-reverse-sink", "teardown", "restorable", "nothing is left to apply"),
  act(
    "drop-reverse-slot",
    "teardown",
    "closed",
    "green is production: its disk must not fill behind a slot that nobody reads",
  ),
  act(
    "reset-offsets",
    "teardown",
    "closed",
    "a connector made again under the same name must not resume at an old position",
  ),
  act("delete-connectors", "teardown", "closed", "deleted only after their offsets, while stopped"),
  act("drop-publications", "teardown", "closed", "publications and origins, on both sides"),
  act("drop-guards", "teardown", "closed", "pawl's triggers and tables, on both sides"),
  act(
    "verify-absence",
    "teardown",
    "closed",
    "no slot, no connector, no consumer group is left; looked at, not assumed",
  ),
];

/**
 * The acts of this decommission. By arming, not by epoch: a latch past the point of no return moves the epoch, and what
 * was taken apart stays so.
 */
export const actsSince = (armedAt: EpochMs, journal: readonly JournalEntry[]): readonly JournalEntry[] =>
  journal.filter(({ startedAt }) => startedAt >= armedAt);

/** The first action that the journal does not show as finished, or null when all are. */
export const nextAction = (finished: ReadonlySet<string>): PlannedAction | null =>
  DECOMMISSION_PLAN.find((planned) => !finished.has(planned.action)) ?? null;
