import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import type { GuardPorts } from "../guard/ports.ts";
import { refused } from "./exit.ts";
import { unanswered } from "./failures.ts";
import { PATIENCE_MS } from "./limits.ts";

type LedgerReading = Pick<GuardPorts, "state" | "ledger">;

/** Records of so many numbers are asked for at once. */
const PAGE = 500;

/** @throws {CommandFailure} never armed, or the table did not answer. */
export const stateOf = async ({ state }: Pick<GuardPorts, "state">, cutover: string): Promise<CutoverState> => {
  const read = await state.read(cutover, PATIENCE_MS);
  if (!read.ok) throw unanswered(`The state of ${cutover} cannot be read.`, read.failure);
  if (read.value !== null) return read.value;
  throw refused(
    `${cutover} was never armed.`,
    "There is no state of it in the table.",
    `pawl doctor ${cutover}, then pawl arm ${cutover} --policy <name>.`,
  );
};

/**
 * The records from `fromSeq` up to the state's own head, in order, those still in the outbox included; a page of them is
 * held at a time. The ledger may hold more by now; see `recordsBeyond`.
 * @throws {CommandFailure} the table did not answer.
 */
export async function* recordsUpTo(
  { ledger }: Pick<LedgerReading, "ledger">,
  { cutover, ledgerHead, outbox }: CutoverState,
  fromSeq = 1,
): AsyncGenerator<LedgerRecord> {
  let last = 0;
  for (let from = Math.max(1, fromSeq); from <= ledgerHead.seq; from += PAGE) {
    const to = Math.min(from + PAGE - 1, ledgerHead.seq);
    const page = await ledger.read(cutover, from, to);
    if (!page.ok) throw unanswered(`The ledger of ${cutover} cannot be read.`, page.failure);
    if (page.value.length === 0) break;
    last = page.value.at(-1)?.seq ?? last;
    yield* page.value;
  }
  for (const { record } of outbox) if (record !== undefined && record.seq > last && record.seq >= fromSeq) yield record;
}

/**
 * What the ledger holds beyond a head. A record is in the item before it is in the ledger: what no later state knows
 * either, somebody has put there.
 * @throws {CommandFailure} the table did not answer.
 */
export const recordsBeyond = async (
  { ledger }: Pick<LedgerReading, "ledger">,
  { cutover, ledgerHead }: CutoverState,
): Promise<readonly LedgerRecord[]> => {
  // From the head itself on: its own place may hold a second record, put between it and the next number.
  const page = await ledger.read(cutover, ledgerHead.seq);
  if (!page.ok) throw unanswered(`The ledger of ${cutover} cannot be read.`, page.failure);
  return page.value.filter(({ seq, hash }) => seq !== ledgerHead.seq || hash !== ledgerHead.hash);
};
