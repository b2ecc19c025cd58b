import { MINUTE_MS, parseDuration } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import { ACTS, FINAL_AFTER_MS, SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";

/** P5: nothing of CDC is touched before the soak was really lived through; reverse goes last; no way to a fenced blue. */
export const soakFirst = (): Checker => {
  let fullSince: number | null = null;
  /** The time at 100 % that somebody has ended since it was armed. */
  let ended: { readonly since: number; readonly until: number } | null = null;
  let furthest = -1;
  let began = false;
  let fenced = false;
  let approved = false;

  const livedThrough = (world: World, at: number): readonly string[] => {
    // Of a soak over which somebody went back while the sides were compared, what was lived through before that counts.
    const lived = fullSince === null ? ended : { since: fullSince, until: at };
    if (lived === null) return ["decommission began without green at 100 %"];
    let healthyMs = 0;
    for (let minute = lived.since; minute + MINUTE_MS <= lived.until; minute += MINUTE_MS)
      if (world.truth.isHealthy(minute + MINUTE_MS / 2)) healthyMs += MINUTE_MS;
    const wanted = parseDuration(world.policy.soak.duration);
    return healthyMs < wanted
      ? [`decommission began after ${healthyMs / MINUTE_MS} healthy minutes of ${wanted / MINUTE_MS}`]
      : [];
  };

  const acted = (world: World, { action, at }: Extract<WorldEvent, { kind: "act" }>): readonly string[] => {
    const found: string[] = [];
    // It only reads, and a rollback may overtake it; what comes after may not be overtaken.
    if (action === "final-diff" && fullSince === null && livedThrough(world, at).length > 0) return [];
    if (!began) found.push(...livedThrough(world, at), ...(approved ? [] : ["decommission began without an approval"]));
    began = true;
    const place = ACTS.indexOf(action);
    if (place > furthest + 1) found.push(`${action} came before ${ACTS[furthest + 1]}`);
    furthest = Math.max(furthest, place);
    if (action !== "final-diff" && world.state()?.wayBack === "open")
      found.push(`${action} before the point of no return`);
    fenced ||= action === "fence-blue";
    return found;
  };

  const changed = (world: World, event: Extract<WorldEvent, { kind: "changed" }>): readonly string[] => {
    const full = world.rules.shares.every((changes) => changes.at(-1)?.greenPercent === 100);
    // What somebody else did for a moment between two looks takes nothing back of what was lived through.
    if (full) fullSince ??= event.at;
    else if (event.run !== null && fullSince !== null) {
      ended = { since: fullSince, until: event.at };
      fullSince = null;
    }
    const toBlue = event.run !== null && event.effective.to < event.effective.from;
    return fenced && toBlue ? [`${event.run?.kind} sent traffic to a fenced blue`] : [];
  };

  const stored = ({ at, before, after }: Extract<WorldEvent, { kind: "stored" }>): readonly string[] => {
    // Armed again, all of it begins anew; what an earlier decommission did before a rollback won counts for nothing.
    if (before !== null && before.armedAt !== after.armedAt) {
      [began, approved, furthest, ended] = [false, false, -1, null];
    }
    approved ||= after.approval !== undefined;
    if (after.phase !== "soaking" || fullSince === null) return [];
    // What has ended is not final yet, and what is not final does not count.
    const most = Math.min(at, (after.lastTick ?? at) - FINAL_AFTER_MS) - fullSince + SKEW_MS;
    return after.soak.healthyMs > Math.max(0, most)
      ? [`${after.soak.healthyMs / 1_000} s of soak were counted, at most ${most / 1_000} s of it are final`]
      : [];
  };

  return {
    promise: "P5",
    watch: (event, world) => {
      switch (event.kind) {
        case "changed":
          return changed(world, event);
        case "stored":
          return stored(event);
        case "act":
          return acted(world, event);
        default:
          return null;
      }
    },
  };
};
