import { sinceWhen } from "../decision/blocking.ts";
import type { Decision } from "../decision/decision.ts";
import { pageLines, pagesDue } from "../decision/pages.ts";
import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, MINUTE_MS } from "../kernel/units.ts";

const UNSTORED = {
  what: "evidence",
  value: "what the decision rests on could not be stored",
  threshold: "stored before anything goes on",
  clears: "the table takes it",
};
const TOLD_AFTER_MS = 3 * MINUTE_MS;

/**
 * The decision of a tick whose evidence could not be stored: what nobody could show afterwards takes no step, and gives
 * no leave to take anything apart. Going back rests on nothing stored.
 */
export const withoutEvidence = (decision: Decision, state: CutoverState, tick: EpochMs): Decision => {
  if (decision.kind !== "advance" && decision.kind !== "decommission") return decision;
  const blocking = sinceWhen([UNSTORED], state.blocking, tick);
  const due = pagesDue(blocking, { [UNSTORED.what]: TOLD_AFTER_MS }, { last: state.lastTick, now: tick });
  const held = {
    blocking,
    blindSince: decision.blindSince,
    unprovenSince: decision.unprovenSince,
    reasons: blocking.map(({ what, value }) => `${what}: ${value}`),
    page: due.length === 0 ? null : pageLines(due),
  };
  return decision.kind === "decommission" && state.phase === "soaking"
    ? { kind: "soak", soak: decision.soak, ...held }
    : { kind: "hold", ...held };
};
