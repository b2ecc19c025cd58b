import type { LedgerRecord } from "../decision/record.ts";
import type { Digest } from "../kernel/digest.ts";
import { canonicalJson } from "../kernel/json.ts";
import { EMPTY_LEDGER, headOf, type LedgerHead } from "./chain.ts";

export type LedgerVerdict =
  | { readonly intact: true; readonly records: number; readonly head: LedgerHead }
  | { readonly intact: false; readonly atSeq: number; readonly why: string };

export interface LedgerChecker {
  /** Takes the next record. False where it, or one before it, breaks the chain: then the verdict stands. */
  readonly follows: (record: LedgerRecord) => boolean;
  /** `head`, from the state, shows a ledger whose newest records were cut off; those in the outbox belong to it. */
  readonly verdict: (head?: LedgerHead) => LedgerVerdict;
}

/** Recomputes a chain from its first record on, one record after the other. */
export const ledgerChecker = (digest: Digest): LedgerChecker => {
  let last = EMPTY_LEDGER;
  let broken: LedgerVerdict | null = null;
  return {
    follows: (record) => {
      if (broken !== null) return false;
      const why = breach(last, record, digest);
      if (why === null) last = headOf(record);
      else broken = { intact: false, atSeq: record.seq, why };
      return why === null;
    },
    verdict: (head) => {
      if (broken !== null) return broken;
      if (head !== undefined && (head.seq !== last.seq || head.hash !== last.hash)) {
        const why = `the state knows ${head.seq} records, the ledger holds ${last.seq}`;
        return { intact: false, atSeq: head.seq, why };
      }
      return { intact: true, records: last.seq, head: last };
    },
  };
};

const breach = (last: LedgerHead, record: LedgerRecord, digest: Digest): string | null => {
  const { hash, ...content } = record;
  if (record.seq !== last.seq + 1) return `record ${last.seq + 1} is missing`;
  if (record.previous !== last.hash) return "it does not name the hash of the record before it";
  return digest(canonicalJson(content)) === hash ? null : "its content is not what was hashed";
};

/** Recomputes a whole chain, from its first record on. */
export const verifyLedger = (records: readonly LedgerRecord[], digest: Digest, head?: LedgerHead): LedgerVerdict => {
  const chain = ledgerChecker(digest);
  records.every((record) => chain.follows(record));
  return chain.verdict(head);
};
