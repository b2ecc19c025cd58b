import type { LedgerRecord } from "../../src/decision/record.ts";
import type {
  ActiveEntry,
  ActivePort,
  EvidencePort,
  InvokePort,
  JournalEntry,
  JournalPort,
  LedgerPort,
  Notification,
  NotifyPort,
  Observed,
  ObservedPort,
  PoliciesPort,
  RollbackRequest,
  SnapshotsPort,
} from "../../src/guard/ports.ts";
import { canonicalJson, type JsonObject } from "../../src/kernel/json.ts";
import { ok, outsideFailure } from "../../src/kernel/result.ts";
import type { EpochMs } from "../../src/kernel/units.ts";
import { entryOf, type LedgerEntry } from "../../src/ledger/entry.ts";
import { policyDigest } from "../../src/policy/policy-digest.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import { policyIn } from "../../src/policy/policy-form.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { sha256 } from "../../src/wiring-local.ts";

/** The table does not answer. One switch for everything in it but the state item, which has its own. */
export interface Outage {
  table: boolean;
  topic: boolean;
}

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
const noAnswer = () => outsideFailure("timed-out", "the table did not answer");

export const fakeActive = (outage: Outage): ActivePort => {
  const entries = new Map<string, ActiveEntry>();
  return {
    list: async () => (outage.table ? noAnswer() : ok([...entries.values()])),
    put: async (cutover, listedAt) => {
      if (outage.table) return noAnswer();
      entries.set(cutover, { cutover, listedAt });
      return ok(undefined);
    },
    remove: async (cutover) => {
      if (outage.table) return noAnswer();
      entries.delete(cutover);
      return ok(undefined);
    },
  };
};

export const fakeObserved = (outage: Outage): ObservedPort & { readonly all: Observed[] } => {
  const all: Observed[] = [];
  return {
    all,
    put: async (observed) => {
      if (outage.table) return noAnswer();
      all.push(copy(observed));
      return ok(undefined);
    },
    latest: async (cutover, tick) =>
      outage.table ? noAnswer() : ok(all.filter((one) => one.cutover === cutover && one.tick <= tick).at(-1) ?? null),
  };
};

export const fakeSnapshots = (outage: Outage): SnapshotsPort & { readonly all: Snapshot[] } => {
  const all: Snapshot[] = [];
  return {
    all,
    putOnce: async (snapshot) => {
      if (outage.table) return noAnswer();
      const there = all.find(({ cutover, tick }) => cutover === snapshot.cutover && tick === snapshot.tick);
      if (there !== undefined) return ok(there);
      all.push(copy(snapshot));
      return ok(copy(snapshot));
    },
    range: async (cutover, epoch, from, to) =>
      outage.table
        ? noAnswer()
        : ok(
            all
              .filter((one) => one.cutover === cutover && one.epoch === epoch && one.tick >= from && one.tick <= to)
              .sort((a, b) => a.tick - b.tick),
          ),
  };
};

export const fakePolicies = (outage: Outage): PoliciesPort & { readonly all: Map<string, Policy> } => {
  const all = new Map<string, Policy>();
  return {
    all,
    read: async (digest) => {
      if (outage.table) return noAnswer();
      const policy = all.get(digest);
      if (policy === undefined) return ok(null);
      if (policyDigest(policy, sha256) !== digest) return outsideFailure("malformed", `${digest} is not that policy`);
      const known = policyIn(policy as unknown as JsonObject);
      return known.ok ? known : outsideFailure("malformed", known.failure);
    },
    put: async (policy, digest) => {
      if (outage.table) return noAnswer();
      all.set(digest, copy(policy));
      return ok(undefined);
    },
  };
};

/** By place, in the order of the table: numbers with twelve digits, among texts. */
const keyOf = (place: LedgerEntry["place"]): string =>
  typeof place === "number" ? String(place).padStart(12, "0") : place;

export interface FakeLedger extends LedgerPort {
  readonly records: LedgerRecord[];
  /** What somebody else put in, or in the place of a record. */
  readonly foreign: LedgerEntry[];
}

export const fakeLedger = (outage: Outage): FakeLedger => {
  const records: LedgerRecord[] = [];
  const foreign: LedgerEntry[] = [];
  const entries = (): readonly LedgerEntry[] => {
    const byKey = new Map([...records.map(entryOf), ...foreign].map((entry) => [keyOf(entry.place), entry]));
    return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  };
  return {
    records,
    foreign,
    append: async (_cutover, record) => {
      if (outage.table) return noAnswer();
      const there = records.find(({ seq }) => seq === record.seq);
      if (there === undefined) records.push(copy(record));
      if (there !== undefined && there.hash !== record.hash)
        return outsideFailure("refused", `record ${record.seq} is there with another hash`);
      return ok(undefined);
    },
    read: async (_cutover, behind) =>
      outage.table
        ? noAnswer()
        : ok(
            entries()
              .filter(({ place }) => behind === null || keyOf(place) > keyOf(behind))
              .slice(0, 100),
          ),
  };
};

export const fakeEvidence = (
  outage: Outage,
  digest: (text: string) => string,
): EvidencePort & { readonly all: Map<string, JsonObject> } => {
  const all = new Map<string, JsonObject>();
  return {
    all,
    put: async (_cutover, name, body) => {
      if (outage.table) return noAnswer();
      if (digest(canonicalJson(body)) !== name) throw new RangeError("evidence is stored under another digest");
      all.set(name, copy(body));
      return ok(undefined);
    },
    read: async (_cutover, name) => (outage.table ? noAnswer() : ok(all.get(name) ?? null)),
  };
};

export const fakeJournal = (outage: Outage): JournalPort => {
  const entries = new Map<string, JournalEntry>();
  return {
    list: async () => (outage.table ? noAnswer() : ok([...entries.values()].sort((a, b) => a.startedAt - b.startedAt))),
    put: async (_cutover, entry) => {
      if (outage.table) return noAnswer();
      entries.set(`${entry.epoch} ${entry.action}`, copy(entry));
      return ok(undefined);
    },
  };
};

export const fakeNotify = (outage: Outage): NotifyPort & { readonly sent: Notification[] } => {
  const sent: Notification[] = [];
  return {
    sent,
    send: async (notification) => {
      if (outage.topic) return outsideFailure("timed-out", "Publish: no answer");
      sent.push(notification);
      return ok(undefined);
    },
  };
};

export type Job =
  | {
      readonly kind: "worker";
      readonly name: "observe" | "promote" | "decommission";
      readonly cutover: string;
      readonly tick: EpochMs;
    }
  | {
      readonly kind: "rollback";
      readonly cutover: string;
      readonly request: RollbackRequest;
    };

/** Asynchronous invocations wait here until the world delivers them: at once, late, or twice. */
export const fakeInvoke = (): InvokePort & { readonly jobs: Job[] } => {
  const jobs: Job[] = [];
  return {
    jobs,
    rollback: async (cutover, request) => {
      jobs.push({ kind: "rollback", cutover, request });
      return ok(undefined);
    },
    worker: async (name, cutover, tick) => {
      jobs.push({ kind: "worker", name, cutover, tick });
      return ok(undefined);
    },
  };
};
