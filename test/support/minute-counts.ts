import { type EpochMs, epochMs, MINUTE_MS } from "../../src/kernel/units.ts";
import type { Evidence } from "../../src/snapshot/snapshot.ts";
import { NOW } from "./evidence.ts";

/** One minute's counts: green's requests, blue's requests, green's errors, blue's errors; null where it was not seen. */
export type Counts = readonly [greenRequests: number, blueRequests: number, greenErrors: number, blueErrors: number];

/** The minutes up to `now`, the newest last. */
export const minuteCounts = (rows: readonly (Counts | null)[], now: EpochMs = NOW): Evidence["minutes"] =>
  rows.flatMap((row, index) => {
    if (row === null) return [];
    const [greenRequests, blueRequests, greenErrors, blueErrors] = row;
    const values = {
      green: { requests: greenRequests, errors5xx: greenErrors },
      blue: { requests: blueRequests, errors5xx: blueErrors },
    };
    return [{ at: epochMs(now - (rows.length - index) * MINUTE_MS), readings: { values, absent: {} } }];
  });

/** Evidence that holds these minutes and nothing else. */
export const countsEvidence = (rows: readonly (Counts | null)[]): Evidence => ({
  now: NOW,
  current: { values: {}, absent: {} },
  minutes: minuteCounts(rows),
});
