import { MINUTE_MS } from "../kernel/units.ts";
import type { DecideInput, Decision } from "./decision.ts";
import { type PageAfterMs, pageLines, pagesDue } from "./pages.ts";

/** A lowering of the pin is given the longest to come about: more than eight minutes. */
const INTENT_TOLD_AFTER_MS = 10 * MINUTE_MS;

const PAGE_AFTER_MS: PageAfterMs = {
  intent: INTENT_TOLD_AFTER_MS,
  "drift:more-green": 0,
  "drift:foreign-shape": 0,
  "drift:unreadable": 3 * MINUTE_MS,
  disagreement: 0,
  "rollback-asked": 0,
  "max-dwell": 0,
  "max-soak": 0,
  blind: 3 * MINUTE_MS,
  policy: 3 * MINUTE_MS,
  "rollback-rules": 0,
  adoption: 3 * MINUTE_MS,
  snapshot: 3 * MINUTE_MS,
  snapshots: 3 * MINUTE_MS,
  evidence: 3 * MINUTE_MS,
  ledger: 0,
  "plain-mode": 0,
};

/** Where the policy says nothing of how long a step may last, and before the first one, where it cannot. */
const GATES_TOLD_AFTER_MS = 60 * MINUTE_MS;

/** What people are paged of what blocks now; null where they have been, or need not be. */
export const pageText = (input: DecideInput, blocking: Decision["blocking"]): string | null => {
  const { state, tick } = input;
  const after = waitsWithoutEnd(input, blocking) ? { ...gatesTold(blocking), ...PAGE_AFTER_MS } : PAGE_AFTER_MS;
  const due = pagesDue(blocking, after, { last: state.lastTick, now: tick });
  return due.length === 0 ? null : pageLines(due);
};

/** Nothing but gates is in the way, and no longest time of the step or the soak will ever be over: nobody would be told. */
const waitsWithoutEnd = ({ state, policy }: DecideInput, blocking: Decision["blocking"]): boolean => {
  const soaks = blocking.some(({ what }) => what === "soak");
  const ends =
    (state.phase === "shifting" && policy.steps[state.step]?.maxDwell !== undefined) ||
    (soaks && policy.soak.maxDuration !== undefined);
  return !ends && blocking.every(({ what }) => isGate(what) || what === "soak" || what === "approval");
};

const isGate = (what: string): boolean => what.startsWith("gate:");

const gatesTold = (blocking: Decision["blocking"]): PageAfterMs =>
  Object.fromEntries(blocking.flatMap(({ what }) => (isGate(what) ? [[what, GATES_TOLD_AFTER_MS]] : [])));
