import type { SeedOutcome } from "./run-seed.ts";

/** Many runs added up. */
export interface Tally {
  runs: number;
  virtualHours: number;
  ticks: number;
  promotions: number;
  rollbacks: number;
  rearms: number;
  decommissions: number;
  readonly faults: Record<string, number>;
  readonly endings: Record<string, number>;
  readonly failed: SeedOutcome[];
}

export const emptyTally = (): Tally => ({
  ...{ runs: 0, virtualHours: 0, ticks: 0, promotions: 0, rollbacks: 0, rearms: 0, decommissions: 0 },
  ...{ faults: {}, endings: {}, failed: [] },
});

export const addOutcome = (tally: Tally, outcome: SeedOutcome): void => {
  tally.runs += 1;
  tally.virtualHours += outcome.virtualMinutes / 60;
  for (const count of ["ticks", "promotions", "rollbacks", "rearms", "decommissions"] as const)
    tally[count] += outcome[count];
  for (const [kind, times] of Object.entries(outcome.faults)) tally.faults[kind] = (tally.faults[kind] ?? 0) + times;
  tally.endings[outcome.ending] = (tally.endings[outcome.ending] ?? 0) + 1;
  if (outcome.violations.length > 0) tally.failed.push(outcome);
};
