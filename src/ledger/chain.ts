import type { LedgerRecord } from "../decision/record.ts";
import type { UnchainedRecord } from "../decision/state.ts";
import type { Digest } from "../kernel/digest.ts";
import { canonicalJson } from "../kernel/json.ts";

export interface LedgerHead {
  /** Number of the newest record; 0 before the first. */
  readonly seq: number;
  readonly hash: string;
}

export const EMPTY_LEDGER: LedgerHead = { seq: 0, hash: "0".repeat(64) };

/** Numbers a record and binds it to the one before; changing either later shows. */
export const chainRecord = (head: LedgerHead, record: UnchainedRecord, digest: Digest): LedgerRecord => {
  const chained = { ...record, seq: head.seq + 1, previous: head.hash };
  return { ...chained, hash: digest(canonicalJson(chained)) };
};

/** Whether a record is what was hashed when it was made. */
export const isAsHashed = ({ hash, ...content }: LedgerRecord, digest: Digest): boolean =>
  digest(canonicalJson(content)) === hash;

export const headOf = ({ seq, hash }: LedgerRecord): LedgerHead => ({ seq, hash });
