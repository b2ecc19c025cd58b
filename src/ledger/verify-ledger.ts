import type { LedgerRecord } from "../decision/record.ts";
import type { Digest } from "../kernel/digest.ts";
import { canonicalJson } from "../kernel/json.ts";
import { EMPTY_LEDGER, headOf, type LedgerHead } from "./chain.ts";

export type LedgerVerdict =
  | { readonly intact: true; readonly records: number; readonly head: LedgerHead }
  | { readonly intact: false; readonly atSeq: number; readonly why: string };

/**
 * Recomputes the chain from its first record. `head`, from the state, shows a ledger whose newest records were cut off;
 * records still in the outbox belong to it and are passed with the others.
 */
export const verifyLedger = (records: readonly LedgerRecord[], digest: Digest, head?: LedgerHead): LedgerVerdict => {
  let last = EMPTY_LEDGER;
  for (const record of records) {
    const { hash, ...content } = record;
    const broken = (why: string): LedgerVerdict => ({ intact: false, atSeq: record.seq, why });
    if (record.seq !== last.seq + 1) return broken(`record ${last.seq + 1} is missing`);
    if (record.previous !== last.hash) return broken("it does not name the hash of the record before it");
    if (digest(canonicalJson(content)) !== hash) return broken("its content is not what was hashed");
    last = headOf(record);
  }
  if (head !== undefined && (head.seq !== last.seq || head.hash !== last.hash))
    return { intact: false, atSeq: head.seq, why: `the state knows ${head.seq} records, the ledger holds ${last.seq}` };
  return { intact: true, records: records.length, head: last };
};
