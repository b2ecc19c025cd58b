import type { EpochMs } from "../kernel/units.ts";
import type { SignalPath } from "../signals/catalogue.ts";

/** What one use of an evidence operation has added up since its step or its soak began. */
export interface Accumulator {
  /** The first minute that counts. */
  readonly from: EpochMs;
  /** The first minute that was not consumed yet: [from, next) has been, each minute once, when it was final. */
  readonly next: EpochMs;
  /**
   * The newest of the consumed minutes, oldest first: those of which a later snapshot may still say something else. They
   * are not in the sums below, which nothing changes any more. Absent: there are none.
   */
  readonly recent?: readonly RecentMinute[];
  /** Minutes in which every signal had a value. */
  readonly observed: number;
  /** Of these, minutes that could say something: there were requests. */
  readonly spoke: number;
  /** One logarithm for each alternative of the test; all 0 at the beginning. */
  readonly logs: readonly number[];
}

/** A final minute, with every reading of it that was worse than those before. */
export interface RecentMinute {
  readonly at: EpochMs;
  /** Counts in the order of the operation's signals; none where no snapshot has held all of them yet. */
  readonly seen: readonly (readonly number[])[];
}

/** Errors a minute before green had any traffic, by signal: they show how much errors come in clumps. */
export interface Baseline {
  /** The first minute that was not consumed yet. */
  readonly next: EpochMs;
  /** At most the newest 60 minutes, oldest first. */
  readonly errors: Readonly<Record<SignalPath, readonly number[]>>;
}

/** By the operation as it is written. */
export type Sums = Readonly<Record<string, Accumulator>>;

/**
 * What evidence operations with a look-back of a step or of the soak carry from tick to tick in the cutover's state. A
 * pure function of the state before, the policy and the snapshots. An older release stored `{}`; that loads.
 */
export interface EvidenceState {
  /** Collected until green's first minutes are final. */
  readonly baseline?: Baseline;
  /** The burst factors, at least 1, by signal of errors; fixed once the baseline is whole. */
  readonly burst?: Readonly<Record<SignalPath, number>>;
  /** For gates: minutes of the step alone. */
  readonly gates?: Sums;
  /** For rollback rules: the minutes in which traffic was being moved to this step count too. */
  readonly rollback?: Sums;
}

/** What one judging looks at of it. */
export interface Accumulated {
  readonly burst: Readonly<Record<SignalPath, number>>;
  readonly sums: Sums;
}

/** For evidence that belongs to no step and no soak as a whole: what looks back over one knows nothing. */
export const NOTHING_ACCUMULATED: Accumulated = { burst: {}, sums: {} };
