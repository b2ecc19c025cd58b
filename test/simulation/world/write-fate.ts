import type { Faults } from "../faults/faults.ts";

/** How the load balancer treats one request for a change. */
export type WriteFate =
  | { readonly kind: "answered" }
  /** Answered within the client's time, and overtaken by whatever is faster. */
  | { readonly kind: "slow"; readonly afterMs: number }
  | { readonly kind: "refused"; readonly code: string }
  /** The client gives up; the request arrives so long after its sending, or never. */
  | { readonly kind: "timed-out"; readonly landsAfterMs: number | null };

/** D: a request is applied within this of its sending, or never. */
const APPLY_BOUND_MS = 30_000;

const ANSWERED: WriteFate = { kind: "answered" };

interface Attempt {
  /** Of SetRulePriorities, which has a limit of its own. */
  readonly movesPin: boolean;
  readonly made: number;
  readonly attempts: number;
  readonly timeoutMs: number;
}

export const fateOfWrite = (
  faults: Faults,
  at: number,
  { movesPin, made, attempts, timeoutMs }: Attempt,
): WriteFate => {
  if (movesPin && faults.strikes("pin-throttled", at)) return { kind: "refused", code: "Throttling" };
  if (faults.strikes("throttled", at)) return { kind: "refused", code: "Throttling" };
  if (faults.strikes("request-lost", at)) return { kind: "timed-out", landsAfterMs: null };
  if (faults.strikes("request-landed-timed-out", at)) return { kind: "timed-out", landsAfterMs: 20 };
  if (faults.strikes("request-late", at))
    return { kind: "timed-out", landsAfterMs: faults.dice("request-late").between(timeoutMs, APPLY_BOUND_MS) };
  // A later attempt of the same write is answered while the one before has landed.
  if (made + 1 < attempts && faults.strikes("request-retried", at)) return { kind: "timed-out", landsAfterMs: 20 };
  if (faults.strikes("request-reordered", at))
    return { kind: "slow", afterMs: faults.dice("request-reordered").between(100, timeoutMs - 100) };
  return ANSWERED;
};
