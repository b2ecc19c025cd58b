import type { LedgerRecord } from "../../../src/decision/record.ts";
import type { ActiveEntry, GuardPorts, JournalEntry, Observed } from "../../../src/guard/ports.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../../src/kernel/result.ts";
import { entryOf } from "../../../src/ledger/entry.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import type { Faults } from "../faults/faults.ts";
import type { FaultKind } from "../faults/kinds.ts";
import type { Run } from "./run.ts";
import type { Timeline } from "./timeline.ts";

const CALL_MS = 5;
const TIMEOUT_MS = 800;
/** The furthest any policy looks back, with room. */
const KEPT_MS = 45 * 60_000;

export type TablePorts = Pick<
  GuardPorts,
  "active" | "observed" | "snapshots" | "policies" | "ledger" | "evidence" | "journal"
>;

export interface Table {
  portsOf(run: Run): TablePorts;
  /** In the order in which they came into the table. */
  readonly records: readonly LedgerRecord[];
  readonly evidence: ReadonlyMap<string, JsonObject>;
  readonly policies: ReadonlyMap<string, Policy>;
  readonly journal: ReadonlyMap<string, JournalEntry>;
  /** The run whose snapshot of this tick is the one that counts. */
  servedAt(tick: number): Run | null;
  snapshotAt(tick: number): Snapshot | null;
  isActive(): boolean;
}

export interface TableSettings {
  readonly time: Timeline;
  readonly faults: Faults;
  readonly keepsEvidence: boolean;
}

/** Everything in the table beside the state item. Items are never changed in place, so what is given out is what is kept. */
export const table = ({ time, faults, keepsEvidence }: TableSettings): Table => {
  const active = new Map<string, ActiveEntry>();
  let observed: readonly Observed[] = [];
  let snapshots: { readonly snapshot: Snapshot; readonly run: Run }[] = [];
  const policies = new Map<string, Policy>();
  const records: LedgerRecord[] = [];
  const evidence = new Map<string, JsonObject>();
  const journal = new Map<string, JournalEntry>();
  const kept = new Map<number, Snapshot>();

  /** Snapshots are kept in the order of their ticks; the place of the first one at or after this tick. */
  const firstAt = (tick: number): number => {
    let place = snapshots.length;
    while (place > 0 && (snapshots[place - 1]?.snapshot.tick ?? 0) >= tick) place -= 1;
    return place;
  };
  /** Records are kept in the order of their numbers; the place of the first one with this number or a higher one. */
  const recordAt = (seq: number): number => {
    let place = records.length;
    while (place > 0 && (records[place - 1]?.seq ?? 0) >= seq) place -= 1;
    return place;
  };
  const forgetOld = (): void => {
    const oldest = time.now() - KEPT_MS;
    if ((snapshots[0]?.snapshot.tick ?? oldest) < oldest - KEPT_MS) snapshots = snapshots.slice(firstAt(oldest));
  };

  const snapshotsBetween = (epoch: number, from: number, to: number): readonly Snapshot[] => {
    forgetOld();
    const wanted: Snapshot[] = [];
    for (let index = firstAt(from); index < snapshots.length; index += 1) {
      const one = snapshots[index]?.snapshot;
      if (one !== undefined && one.epoch === epoch && one.tick <= to) wanted.push(one);
    }
    return wanted;
  };

  const portsOf = (run: Run): TablePorts => {
    const failure = () => outsideFailure("timed-out", "the table did not answer");
    /** A partition of its own, with a limit of its own. */
    const refused = () => outsideFailure("throttled", "the ledger takes no more records for now");
    const ask = <Value>(value: () => Value): Promise<Result<Value, OutsideFailure>> => {
      if (run.isCutOff || faults.strikes("table-down", time.now())) return run.call(TIMEOUT_MS, failure);
      return run.call(CALL_MS, () => ok(value()));
    };
    const isStruck = (kind: FaultKind): boolean => !run.isCutOff && faults.strikes(kind, time.now());
    const answerIsLost = () => isStruck("table-answer-lost");
    const unanswered = (write: () => unknown) =>
      run.call(
        CALL_MS,
        () => {
          write();
          return failure();
        },
        TIMEOUT_MS,
      );
    /** A write can be lost, or land without its answer. */
    const put = (write: () => void): Promise<Result<void, OutsideFailure>> => {
      const lost = answerIsLost();
      return lost ? unanswered(write) : ask(write);
    };
    return {
      active: {
        list: () => ask(() => [...active.values()]),
        put: (cutover, listedAt) => put(() => void active.set(cutover, { cutover, listedAt })),
        remove: (cutover) => put(() => void active.delete(cutover)),
      },
      observed: {
        put: (one) =>
          put(() => {
            observed = [...observed.slice(-4), one];
          }),
        latest: async (_cutover, tick) => {
          const read = await ask(() => latestOf(observed, tick));
          if (read.ok) run.served.observed = read.value;
          return read;
        },
      },
      snapshots: {
        putOnce: (snapshot) => {
          const write = () => {
            const there = snapshots.findLast((one) => one.snapshot.tick === snapshot.tick);
            if (there !== undefined) return there.snapshot;
            const place = firstAt(snapshot.tick);
            if (place === snapshots.length) snapshots.push({ snapshot, run });
            else snapshots.splice(place, 0, { snapshot, run });
            if (keepsEvidence) kept.set(snapshot.tick, snapshot);
            return snapshot;
          };
          if (isStruck("snapshots-unstored")) return run.call(TIMEOUT_MS, failure);
          return answerIsLost() ? unanswered(write) : ask(write);
        },
        range: async (_cutover, epoch, from, to) => {
          const read = isStruck("snapshots-unread")
            ? await run.call(TIMEOUT_MS, failure)
            : await ask(() => snapshotsBetween(epoch, from, to));
          if (!read.ok) run.served.isAlone = true;
          return read;
        },
      },
      policies: {
        read: (digest) => ask(() => policies.get(digest) ?? null),
        put: (policy, digest) => put(() => void policies.set(digest, policy)),
      },
      ledger: {
        append: async (_cutover, record) => {
          if (isStruck("records-refused")) return run.call(CALL_MS, refused);
          let there: LedgerRecord | undefined;
          const stored = await put(() => {
            const place = recordAt(record.seq);
            if (records[place]?.seq === record.seq) there = records[place];
            else records.splice(place, 0, record);
          });
          if (stored.ok && there !== undefined && there.hash !== record.hash)
            return outsideFailure("refused", `record ${record.seq} is there with another hash`);
          return stored;
        },
        read: (_cutover, behind) =>
          ask(() => records.slice(behind === null ? 0 : recordAt(Number(behind) + 1)).map(entryOf)),
      },
      evidence: {
        ...(keepsEvidence ? {} : { keepsNothing: true as const }),
        put: (_cutover, digest, body) => {
          if (isStruck("evidence-unstored")) return run.call(TIMEOUT_MS, failure);
          return put(() => void evidence.set(digest, body));
        },
        read: (_cutover, digest) => ask(() => evidence.get(digest) ?? null),
      },
      journal: {
        list: () => ask(() => [...journal.values()].sort((a, b) => a.startedAt - b.startedAt)),
        put: (_cutover, entry) => put(() => void journal.set(`${entry.epoch} ${entry.action}`, entry)),
      },
    };
  };

  return {
    portsOf,
    ...{ records, evidence, policies, journal },
    servedAt: (tick) => snapshots.findLast(({ snapshot }) => snapshot.tick === tick)?.run ?? null,
    snapshotAt: (tick) => kept.get(tick) ?? null,
    isActive: () => active.size > 0,
  };
};

const latestOf = (observed: readonly Observed[], tick: number): Observed | null => {
  let newest: Observed | null = null;
  for (const one of observed) if (one.tick <= tick && one.tick >= (newest?.tick ?? 0)) newest = one;
  return newest;
};
