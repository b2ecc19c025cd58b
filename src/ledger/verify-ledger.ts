import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import type { Digest } from "../kernel/digest.ts";
import { fail, type Result } from "../kernel/result.ts";
import { EMPTY_LEDGER, headOf, isAsHashed, type LedgerHead } from "./chain.ts";
import { entryOf, type LedgerEntry, recordAt } from "./entry.ts";

export type LedgerVerdict =
  | { readonly intact: true; readonly records: number; readonly head: LedgerHead }
  /** It shows at record `atSeq`: that one, or one before it, is not what was written. */
  | { readonly intact: false; readonly atSeq: number; readonly why: string };

/** What the state knows of its ledger: how far it goes, and the records that it has not taken yet. */
export type KnownOfLedger = Pick<CutoverState, "ledgerHead" | "outbox">;

export interface LedgerChecker {
  /**
   * Takes the next entry. False where it, or one before it, breaks the chain: then the verdict stands. By what the state
   * knows, none is beyond its head, and none is another than one that it still holds.
   */
  readonly follows: (entry: LedgerEntry, known?: KnownOfLedger | null) => boolean;
  /**
   * `head`, from the state, shows a ledger whose newest records were cut off, or that was chained anew; those in the
   * outbox belong to it. null where there is a ledger and no state any more.
   */
  readonly verdict: (head?: LedgerHead | null) => LedgerVerdict;
}

/** Recomputes a chain from its first record on, one entry after the other. */
export const ledgerChecker = (digest: Digest): LedgerChecker => {
  let last = EMPTY_LEDGER;
  let broken: LedgerVerdict | null = null;
  return {
    follows: (entry, known = null) => {
      if (broken !== null) return false;
      const next = nextAfter(last, entry, digest, known?.outbox ?? []);
      if (known !== null && isBeyond(entry, known.ledgerHead)) broken = goneOnAfter(last, known.ledgerHead);
      else if (next.ok) last = headOf(next.value);
      else broken = brokenAt(last.seq + 1, next.failure);
      return broken === null;
    },
    verdict: (head) => broken ?? verdictAt(last, head),
  };
};

const brokenAt = (atSeq: number, why: string): LedgerVerdict => ({ intact: false, atSeq, why });

/** Whether an entry is at a place that a head does not reach. */
export const isBeyond = ({ place }: LedgerEntry, { seq }: Pick<LedgerHead, "seq">): boolean =>
  typeof place === "number" && place > seq;

const goneOnAfter = (last: LedgerHead, head: LedgerHead): LedgerVerdict => {
  const verdict = verdictAt(last, head);
  return verdict.intact
    ? brokenAt(head.seq + 1, "the ledger goes on there, and no state has ever known of it")
    : verdict;
};

/** The record that an entry adds to the chain; in words why it adds none. */
const nextAfter = (
  last: LedgerHead,
  entry: LedgerEntry,
  digest: Digest,
  waiting: CutoverState["outbox"],
): Result<LedgerRecord, string> => {
  const { place } = entry;
  if (typeof place === "string")
    return fail(`before it stands an entry at ${JSON.stringify(place)}, which is the place of no record`);
  if (place > last.seq + 1) return fail("it is missing");
  if (place <= last.seq) return fail(`before it record ${place} stands a second time`);
  const found = recordAt(entry);
  const why = found.ok ? breach(last, found.value, digest, waiting) : null;
  return why === null ? found : fail(why);
};

const breach = (
  last: LedgerHead,
  record: LedgerRecord,
  digest: Digest,
  waiting: CutoverState["outbox"],
): string | null => {
  if (record.previous !== last.hash) return "it does not name the hash of the record before it";
  if (!isAsHashed(record, digest)) return "its content is not what was hashed";
  const own = waiting.find((entry) => entry.record?.seq === record.seq)?.record;
  return own === undefined || own.hash === record.hash ? null : "the state holds another record of that number";
};

const verdictAt = (last: LedgerHead, head: LedgerHead | null | undefined): LedgerVerdict => {
  if (head === null) return brokenAt(last.seq + 1, "the state is gone, which knew how far the ledger goes");
  if (head === undefined || (last.seq === head.seq && last.hash === head.hash))
    return { intact: true, records: last.seq, head: last };
  if (last.seq < head.seq) return brokenAt(last.seq + 1, `it is missing; the state knows ${head.seq} records`);
  if (last.seq > head.seq) return brokenAt(head.seq + 1, "no state has ever known it");
  return brokenAt(
    head.seq,
    "the state knows another hash of it; it, or a record before it, was rewritten and all that follow chained anew",
  );
};

/** Recomputes a whole chain, from its first record on. */
export const verifyLedger = (records: readonly LedgerRecord[], digest: Digest, head?: LedgerHead): LedgerVerdict => {
  const chain = ledgerChecker(digest);
  records.every((record) => chain.follows(entryOf(record)));
  return chain.verdict(head);
};
