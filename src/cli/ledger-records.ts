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
 * held at a time. The ledger may hold more by now: what lies beyond this state's head is not looked at.
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
    const records = page.value.filter(({ seq }) => seq <= to);
    if (records.length === 0) break;
    last = records.at(-1)?.seq ?? last;
    yield* records;
  }
  for (const { record } of outbox) if (record !== undefined && record.seq > last && record.seq >= fromSeq) yield record;
}
