import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import type { Digest } from "../kernel/digest.ts";
import { type LedgerEntry, recordAt } from "../ledger/entry.ts";
import { isBeyond, type LedgerVerdict, ledgerChecker } from "../ledger/verify-ledger.ts";
import { type LedgerReading, ledgerEntries, neverArmed, readState, waitingEntries } from "./ledger-records.ts";

/** Takes a record that was found, in order; `follows` says whether the chain holds up to it. */
export type TakeRecord = (record: LedgerRecord, follows: boolean) => Promise<void>;

/**
 * Reads a whole ledger, whatever stands in it, and recomputes its chain up to the head that the state knows; what waits in
 * the state belongs to it. One page after the other: what a long cutover has stored does not fit into memory.
 * @throws {CommandFailure} never armed, or the table did not answer.
 */
export const followLedger = async (
  ports: LedgerReading & { readonly digest: Digest },
  cutover: string,
  take: TakeRecord,
): Promise<LedgerVerdict> => {
  const chain = ledgerChecker(ports.digest);
  let state = await readState(ports, cutover);
  const takeEntry = async (entry: LedgerEntry): Promise<void> => {
    const follows = chain.follows(entry, state);
    const found = recordAt(entry);
    if (found.ok) await take(found.value, follows);
  };

  let lastSeq = 0;
  let isEmpty = true;
  for await (const entry of ledgerEntries(ports, cutover)) {
    isEmpty = false;
    // A record is in the state before it is in the ledger: the guard has gone on, or no later state knows it either.
    if (state !== null && isBeyond(entry, state.ledgerHead) && chain.verdict(state.ledgerHead).intact)
      state = await readState(ports, cutover);
    await takeEntry(entry);
    if (typeof entry.place === "number") lastSeq = entry.place;
  }
  if (state === null && isEmpty) throw neverArmed(cutover);
  for (const entry of waitingEntries(state ?? NOTHING_WAITS, lastSeq + 1)) await takeEntry(entry);
  return chain.verdict(state?.ledgerHead ?? null);
};

const NOTHING_WAITS: Pick<CutoverState, "outbox"> = { outbox: [] };
