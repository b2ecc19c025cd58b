import { applyLatch, permits } from "../../decision/latch.ts";
import type { CutoverState } from "../../decision/state.ts";
import type {
  ActivePort,
  EvidencePort,
  InvokePort,
  LedgerPort,
  NotifyPort,
  Observed,
  ObservedPort,
  PoliciesPort,
  RollbackRequest,
  SnapshotsPort,
  StatePort,
} from "../../guard/ports.ts";
import { ok } from "../../kernel/result.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";

export interface SimulatedState extends StatePort {
  readonly current: () => CutoverState | null;
}

const DONE = ok(undefined);

/**
 * One item with conditional writes. What is stored is what was given: states are never changed in place, and there is
 * no second writer here to be told from.
 */
export const simulatedState = (): SimulatedState => {
  let item: CutoverState | null = null;
  return {
    current: () => item,
    read: async () => ok(item),
    transition: async (expectedVersion, next) => {
      if ((item?.version ?? null) !== expectedVersion) return { kind: "moved", state: item };
      item = next;
      return { kind: "committed", state: next };
    },
    latch: async (_cutover, latch, { writeId, ...conditions }) => {
      if (item === null) return { kind: "absent" };
      if (item.latch !== undefined) return { kind: "already-latched", state: item };
      if (!permits(conditions, item)) return { kind: "not-applicable", state: item };
      const before = item;
      item = applyLatch(before, latch, writeId);
      return { kind: "latched", before, after: item };
    },
  };
};

/** Snapshots of one cutover in the order of their ticks; those that nobody can ask for any more are forgotten. */
export const simulatedSnapshots = (): SnapshotsPort => {
  let kept: Snapshot[] = [];
  return {
    putOnce: async (snapshot) => {
      const there = kept.findLast(({ tick }) => tick === snapshot.tick);
      if (there !== undefined) return ok(there);
      kept.push(snapshot);
      return ok(snapshot);
    },
    range: async (_cutover, epoch, from, to) => {
      // Each tick asks from a later minute on than the one before.
      if ((kept[0]?.tick ?? from) < from) kept = kept.filter(({ tick }) => tick >= from);
      return ok(kept.filter((one) => one.epoch === epoch && one.tick <= to));
    },
  };
};

/** What `observe` stored; only this tick's and the one before are ever asked for. */
export const simulatedObserved = (): ObservedPort => {
  let newest: readonly Observed[] = [];
  return {
    put: async (observed) => {
      newest = [...newest.slice(-1), observed];
      return DONE;
    },
    latest: async (_cutover, tick) => ok(newest.findLast((one) => one.tick <= tick) ?? null),
  };
};

export const simulatedPolicies = (policy: Policy): PoliciesPort => ({
  read: async () => ok(policy),
  put: async () => DONE,
});

export const simulatedActive: ActivePort = {
  list: async () => ok([]),
  put: async () => DONE,
  remove: async () => DONE,
};

/** Takes every record and keeps none: a run is told by what became of it, and nobody recomputes it. */
export const forgetfulLedger: LedgerPort = { append: async () => DONE, read: async () => ok([]) };

export const forgetfulEvidence: EvidencePort = {
  keepsNothing: true,
  put: async () => DONE,
  read: async () => ok(null),
};

export interface SimulatedNotify extends NotifyPort {
  readonly pages: () => number;
}

export const simulatedNotify = (): SimulatedNotify => {
  let pages = 0;
  return {
    pages: () => pages,
    send: async ({ urgency }) => {
      if (urgency === "page") pages += 1;
      return DONE;
    },
  };
};

/** Requests to roll back, until they are carried out. */
export interface SimulatedInvoke extends InvokePort {
  readonly take: () => RollbackRequest | null;
}

export const simulatedInvoke = (): SimulatedInvoke => {
  const asked: RollbackRequest[] = [];
  return {
    take: () => asked.shift() ?? null,
    rollback: async (_cutover, request) => {
      asked.push(request);
      return DONE;
    },
    worker: async () => DONE,
  };
};
