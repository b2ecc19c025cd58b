import { createHash, randomUUID } from "node:crypto";
import { clockBy } from "./adapters/clock/system-clock.ts";
import type { Digest } from "./kernel/digest.ts";
import type { EpochMs } from "./kernel/units.ts";

export const sha256: Digest = (text) => createHash("sha256").update(text).digest("hex");

/** What needs no right at all. */
export const local = (now: () => EpochMs) => ({
  clock: clockBy(now),
  newId: randomUUID as () => string,
  digest: sha256,
});
