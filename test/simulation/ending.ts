import type { CutoverState } from "../../src/decision/state.ts";
import { MINUTE_MS } from "../../src/kernel/units.ts";
import type { World } from "./world/world.ts";

/** What goes on standing in the way is told again every hour; a page of before then was about something else. */
const TOLD_AGAIN_MS = 75 * MINUTE_MS;

/**
 * How a run has ended, or null where it goes on: complete, rolled back, or waiting for people who were told what for.
 *
 * @param late - It will not go on by itself any more: whatever it waits for now counts, if somebody was told lately.
 */
export const endingOf = (world: World, late = false): string | null => {
  const state = world.state();
  if (state === null) return late ? "never armed" : null;
  if (state.phase === "complete") return world.table.isActive() ? null : "complete";
  const { latch } = state;
  if (latch?.verifiedAt !== undefined && state.settled !== undefined && state.intent === undefined)
    return "rolled back";
  const asked = world.told.some(({ body }) => body.includes("pawl approve"));
  if (asked && isOnly(state.blocking, "approval", world.time.now())) return waitingFor("approval");
  const lately = world.time.now() - TOLD_AGAIN_MS;
  const paged = world.told.findLast(({ urgency, toldAt }) => urgency === "page" && toldAt >= lately);
  const blocking = state.blocking.map(({ what }) => what).join(", ");
  return late && paged !== undefined ? waitingFor(blocking || paged.subject) : null;
};

const isOnly = (blocking: CutoverState["blocking"], what: string, now: number): boolean =>
  blocking.length === 1 && blocking[0]?.what === what && now - blocking[0].since > 15 * MINUTE_MS;

const waitingFor = (what: string): string => `waiting: ${what}`;
