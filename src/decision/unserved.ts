import type { EpochMs } from "../kernel/units.ts";
import type { CutoverState } from "./state.ts";

/** A tick comes every minute; after this somebody is told that none does. */
const SERVED_WITHIN_MS = 150_000;

/** When it was judged for the last time; before the first tick, when it was armed. */
export const servedAt = ({ lastTick, armedAt }: Pick<CutoverState, "lastTick" | "armedAt">): EpochMs =>
  lastTick ?? armedAt;

/** Since when no tick has judged it, where one should have; null where it is served, or has nothing left to be judged. */
export const unservedSince = (
  state: Pick<CutoverState, "phase" | "lastTick" | "armedAt">,
  now: EpochMs,
): EpochMs | null => (state.phase !== "complete" && now - servedAt(state) > SERVED_WITHIN_MS ? servedAt(state) : null);
