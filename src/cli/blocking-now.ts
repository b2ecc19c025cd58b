import { inTheWay } from "../decision/blocking.ts";
import type { Blocking, CutoverState } from "../decision/state.ts";
import { unservedSince } from "../decision/unserved.ts";
import { toIso } from "../kernel/instant.ts";
import type { EpochMs } from "../kernel/units.ts";

/** What stands in the way; first, where it is so, that nobody has looked for minutes: the rest is what was so then. */
export const blockingNow = (state: CutoverState, now: EpochMs): readonly Blocking[] => {
  const since = unservedSince(state, now);
  if (since === null) return inTheWay(state);
  const unserved = {
    what: "tick",
    since,
    value: `no tick has judged it since ${toIso(since)}`,
    threshold: "one a minute",
    clears: "pawl-tick and pawl-promote run again",
  };
  return [unserved, ...inTheWay(state)];
};
