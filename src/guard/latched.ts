import { sinceWhen } from "../decision/blocking.ts";
import { evolve } from "../decision/evolve.ts";
import { pageLines, pagesDue } from "../decision/pages.ts";
import type { Blocking, CutoverState, RollbackSafety } from "../decision/state.ts";
import { MINUTE_MS } from "../kernel/units.ts";
import { callRollback, uncalledObstacle } from "./call-rollback.ts";
import { lowerGreen } from "./change-weight.ts";
import { commit } from "./commit.ts";
import { unsettle } from "./green-again.ts";
import { safetyAt } from "./judge-tick.ts";
import { type Repair, released, repairOf } from "./latch-repair.ts";
import { flushOutbox } from "./outbox.ts";
import { OVERTAKEN, type PromotePorts, type PromoteReport, sayings, type Tick } from "./promote-tick.ts";
import { sayRefused, sayRequest } from "./requests-taken.ts";

/**
 * A tick under a latch: nothing is judged and nothing is raised. What the rollback did is read again and repaired,
 * what it cost is settled, and what stands in the way of arming again is named.
 */
export const repairLatched = async (ports: PromotePorts, tick: Tick, stored: CutoverState): Promise<PromoteReport> => {
  const state = tick.first.reduce(evolve, stored);
  const now = ports.clock.now();
  const safety = safetyAt(tick.seen.snapshots);
  if (state.latch === undefined) return record(ports, tick, stored, { repair: released(stored), safety });
  const repair = repairOf(tick, state, state.latch, safety, now);
  const isOpenAgain = state.settled !== undefined && repair.events.some(({ kind }) => kind === "greenAgain");
  const opening = isOpenAgain ? unsettle(ports, stored, now) : stored;
  const act = async (): Promise<string | null> => {
    const [uncalled] = await Promise.all([
      repair.sendBack ? callRollback(ports, stored.cutover, state.epoch, tick.at) : null,
      repair.sendBack || repair.lower === true ? lowerGreen(ports, tick.cutover, tick.seen.sights) : null,
    ]);
    return uncalled;
  };
  // Rollback's function goes by the state: where that still says held it would do nothing, and the next be a minute later.
  if (repair.events.some(({ kind }) => kind === "latchReleased"))
    return record(ports, tick, stored, { repair, safety, act });
  const [opened, uncalled] = await Promise.all([opening, act()]);
  // Onto what somebody else wrote meanwhile: this tick's picture is older than that, and may not be put over it.
  if (opened.version > stored.version + 1) return OVERTAKEN;
  return record(ports, tick, opened, { repair: uncalled === null ? repair : withUncalled(repair, uncalled), safety });
};

const withUncalled = (repair: Repair, why: string): Repair => ({
  ...repair,
  obstacles: [...repair.obstacles, uncalledObstacle(why)],
});

/** It takes some minutes; until it has, both streams and their slots have to stay, and nobody may arm again. */
const SETTLE_TOLD_AFTER_MS = 30 * MINUTE_MS;

const PAGE_AFTER_MS = {
  ...{ held: 0, latch: 0, "drift:unpinned": 0, rollback: 0, "rollback-uncalled": 0 },
  settle: SETTLE_TOLD_AFTER_MS,
};

const noticeOf = (
  { doing, events, news }: Repair,
  pages: readonly Blocking[],
  refused: string | null,
): { readonly body: string; readonly urgency: "page" | "info" } | null => {
  const bad = news ?? (pages.length > 0 ? pageLines(pages) : null);
  const said = [refused, bad].filter((each) => each !== null);
  if (said.length > 0) return { body: said.join("\n"), urgency: "page" };
  return events.some(({ kind }) => kind === "settled") ? { body: doing, urgency: "info" } : null;
};

interface ToRecord {
  readonly repair: Repair;
  readonly safety: RollbackSafety;
  /** What has to wait until it is recorded; it does not wait for what is said of it, nor for a table that does not take it. */
  readonly act?: () => Promise<unknown>;
}

const record = async (
  ports: PromotePorts,
  tick: Tick,
  stored: CutoverState,
  { repair, safety, act }: ToRecord,
): Promise<PromoteReport> => {
  const blocking = sinceWhen(repair.obstacles, stored.blocking, tick.at);
  const settled = repair.events.find(({ kind }) => kind === "settled");
  const pages = pagesDue(blocking, PAGE_AFTER_MS, { last: stored.lastTick, now: tick.at });
  // A cutover that is safely back and settled waits for people; it does not wake them every quarter of an hour.
  const quiet = stored.latch?.verifiedAt !== undefined && pages.every(({ what }) => what === "latch");
  const notice = noticeOf(repair, quiet ? [] : pages, sayRefused(tick.first));
  const asked = sayRequest(tick.first);
  const outcome = await commit(ports, stored, {
    events: [
      ...tick.first,
      ...repair.events,
      { kind: "judged", tick: tick.at, blocking, blindSince: null, unprovenSince: null, safety },
    ],
    account: {
      kind: settled !== undefined ? "settled" : repair.news !== undefined ? "resumed" : "hold",
      summary: asked === null ? repair.doing : `${repair.doing}. ${asked}`,
      at: ports.clock.now(),
      tick: tick.at,
      detail: {
        obstacles: repair.obstacles.map(({ what, value }) => `${what}: ${value}`),
        ...sayings({ request: asked }),
      },
      ...(notice === null ? {} : { notify: { subject: `${stored.cutover}: ${repair.doing}`, ...notice } }),
    },
  });
  await act?.();
  if (outcome.kind === "committed") await flushOutbox(ports, outcome.state);
  return outcome.kind === "committed" ? { kind: "latched", doing: repair.doing } : OVERTAKEN;
};
