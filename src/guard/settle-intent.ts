import { isUnpinned, type RouteSight } from "../actuation/observed-route.ts";
import { weightStands } from "../actuation/plan-writes.ts";
import { APPLY_BOUND_MS, DESCRIBE_LAG_MS } from "../decision/bounds.ts";
import type { CutoverEvent } from "../decision/events.ts";
import type { CutoverState, Intent } from "../decision/state.ts";
import { type EpochMs, later } from "../kernel/units.ts";

export type Settlement =
  | { readonly kind: "nothing" }
  /** Its request may still arrive, or the rules could not be read: hold. */
  | { readonly kind: "waiting" }
  | { readonly kind: "ended"; readonly event: CutoverEvent; readonly summary: string }
  /** The pin is still up after a re-arm should have lowered it: that arm has failed. */
  | { readonly kind: "latch-again" }
  /** Some routes have it and others have not: what was recorded is written again, towards blue, and read next time. */
  | { readonly kind: "mixed" }
  /** Neither the announced weight nor the recorded one: somebody else has been there. */
  | { readonly kind: "drift" };

/** After this a request of the intent has arrived or never will, and a Describe shows which. */
export const settlesAt = (intent: Intent): EpochMs => later(intent.notAfter, APPLY_BOUND_MS + DESCRIBE_LAG_MS);

/**
 * What has become of an announced change whose outcome nobody was told.
 *
 * Under a latch an intent is never committed, whatever is observed: the recorded weight is on its way to 0. It is
 * cleared once its time is over, or it would block for ever.
 *
 * @param seenSince when the reading of `sights` began. Its end would be too late: between the two the time may have run
 *   out, and a request have landed after the look.
 */
export const settleIntent = (
  state: CutoverState,
  sights: readonly RouteSight[],
  seenSince: EpochMs,
  lastStep: number,
): Settlement => {
  const { intent } = state;
  if (intent === undefined) return { kind: "nothing" };
  if (seenSince <= settlesAt(intent)) return { kind: "waiting" };
  if (state.latch !== undefined)
    return { kind: "ended", event: { kind: "intentCleared" }, summary: "an announced change ended under the latch" };
  if (sights.length === 0 || sights.some(({ kind }) => kind === "foreign")) return { kind: "waiting" };
  const observed = sights.flatMap((sight) => (sight.kind === "seen" ? [sight.observed] : []));
  if (intent.kind === "lowerPin") {
    return observed.every(isUnpinned)
      ? { kind: "ended", event: { kind: "pinLowered", at: seenSince }, summary: "the pin was lowered" }
      : { kind: "latch-again" };
  }
  const all = (percent: number) => observed.every((route) => isUnpinned(route) && weightStands(route, percent));
  if (all(intent.to)) {
    const step = state.step + 1;
    const event = { kind: "weightCommitted", step, at: seenSince, last: step === lastStep } as const;
    return { kind: "ended", event, summary: `green has ${intent.to} %, read back` };
  }
  if (all(state.weightPercent))
    return { kind: "ended", event: { kind: "intentCleared" }, summary: `the change to ${intent.to} % never arrived` };
  const either = observed.every((route) => weightStands(route, intent.to) || weightStands(route, state.weightPercent));
  return { kind: either && observed.every(isUnpinned) ? "mixed" : "drift" };
};
