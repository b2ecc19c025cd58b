import type { EpochMs } from "../kernel/units.ts";
import type { CutoverState } from "./state.ts";

/** A tick comes every minute; after this somebody is told that none does. */
const SERVED_WITHIN_MS = 150_000;

/** Since when no tick has judged it, where one should have; null where it is served, or has nothing left to be judged. */
export const unservedSince = (
  { phase, lastTick, armedAt }: Pick<CutoverState, "phase" | "lastTick" | "armedAt">,
  now: EpochMs,
): EpochMs | null => {
  const served = lastTick ?? armedAt;
  return phase !== "complete" && now - served > SERVED_WITHIN_MS ? served : null;
};
