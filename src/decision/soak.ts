import { durationMs, type EpochMs, earlier, epochMs, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { FINAL_AFTER_MS, SNAPSHOT_MINUTES } from "../snapshot/freshness.ts";
import type { Soak } from "./state.ts";

export type MinuteVerdict = "healthy" | "unproven" | "bad";

export const NO_SOAK: Soak = { startedAt: null, healthyMs: durationMs(0), lastMinute: null, restarts: 0 };

export const beginSoak = (at: EpochMs): Soak => ({ ...NO_SOAK, startedAt: at });

/** The clock from zero. Everything up to this tick counts as consumed: no minute before a break is ever healthy time. */
export const restartSoak = (soak: Soak, tick: EpochMs): Soak => ({
  startedAt: tick,
  healthyMs: durationMs(0),
  lastMinute: earlier(minuteOf(tick), MINUTE_MS),
  restarts: soak.restarts + 1,
});

/**
 * Minutes to look at now: `fresh` have become final and are consumed once; `consumed` were counted before, are still
 * in the newest snapshot, and may have got worse since.
 */
export const soakMinutes = (
  soak: Soak,
  tick: EpochMs,
): { readonly fresh: readonly EpochMs[]; readonly consumed: readonly EpochMs[] } => {
  if (soak.startedAt === null) return { fresh: [], consumed: [] };
  const first = later(minuteOf(soak.startedAt), MINUTE_MS);
  const lastFinal = earlier(minuteOf(tick), FINAL_AFTER_MS + MINUTE_MS);
  const from = epochMs(Math.max(first, earlier(minuteOf(tick), SNAPSHOT_MINUTES * MINUTE_MS)));
  const counted = soak.lastMinute ?? 0;
  // Stryker disable next-line ArrayDeclaration: what is no minute is neither before nor after the last one
  const minutes: EpochMs[] = [];
  for (let minute = from; minute <= lastFinal; minute = later(minute, MINUTE_MS)) minutes.push(minute);
  return {
    fresh: minutes.filter((minute) => minute > counted),
    consumed: minutes.filter((minute) => minute <= counted),
  };
};

/**
 * The soak clock after one tick.
 *
 * A failing gate restarts it, and so does a minute, counted or about to be, that turns out bad. A minute that is only
 * unproven, and every minute while the gates do not pass now, is consumed without counting.
 */
export const consumeSoak = (
  soak: Soak,
  seen: {
    readonly tick: EpochMs;
    readonly gates: "pass" | "fail" | "unknown";
    readonly verdict: (minute: EpochMs) => MinuteVerdict;
  },
): Soak => {
  const { fresh, consumed } = soakMinutes(soak, seen.tick);
  const bad = [...consumed, ...fresh].some((minute) => seen.verdict(minute) === "bad");
  if (seen.gates === "fail" || bad) return restartSoak(soak, seen.tick);
  const healthy = seen.gates === "pass" ? fresh.filter((minute) => seen.verdict(minute) === "healthy") : [];
  return {
    ...soak,
    healthyMs: durationMs(soak.healthyMs + healthy.length * MINUTE_MS),
    lastMinute: fresh.at(-1) ?? soak.lastMinute,
  };
};
