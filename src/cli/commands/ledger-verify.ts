import type { LedgerRecord } from "../../decision/record.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { type LedgerVerdict, verifyLedger } from "../../ledger/verify-ledger.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { EXIT, refused } from "../exit.ts";
import { unanswered } from "../failures.ts";
import { PATIENCE_MS } from "../limits.ts";

export type LedgerPorts = Pick<GuardPorts, "state" | "ledger" | "digest">;

export type LedgerDocument = { readonly cutover: string } & LedgerVerdict;

/** Recomputes the hash chain of every record, from the first to the head that the state knows. */
export const ledgerVerifyCommand = async ({
  ports,
  bindings: { name },
}: CliContext<LedgerPorts>): Promise<CommandResult<LedgerDocument>> => {
  const { records, state } = await readRecords(ports, name, 1);
  const verdict = verifyLedger(records, ports.digest, state.ledgerHead);
  const document = { cutover: name, ...verdict };
  if (verdict.intact)
    return done(document, [
      `${name}: ${verdict.records} records, chain intact, head ${verdict.head.hash.slice(0, 12)}`,
    ]);
  return {
    document,
    lines: [
      `${name}: the chain is broken at record ${verdict.atSeq}: ${verdict.why}.`,
      "  why:  A record was changed, removed or put in after it was written; what follows it proves nothing.",
      "  next: Keep the table as it is, restore it beside from a backup, and compare from that record on.",
    ],
    exitCode: EXIT.refused,
  };
};

/**
 * Records from `fromSeq` up to the state's own head, those still in the outbox included.
 * @throws {CommandFailure} never armed, or the table did not answer.
 */
export const readRecords = async (
  ports: Pick<GuardPorts, "state" | "ledger">,
  cutover: string,
  fromSeq: number | ((state: CutoverState) => number),
): Promise<{ readonly records: readonly LedgerRecord[]; readonly state: CutoverState }> => {
  const state = await stateOf(ports, cutover);
  const from = typeof fromSeq === "number" ? fromSeq : fromSeq(state);
  // Read after the state: it may hold more by now, and what lies beyond this state's head is not looked at.
  const ledger = await ports.ledger.read(cutover, Math.max(1, from));
  if (!ledger.ok) throw unanswered(`The ledger of ${cutover} cannot be read.`, ledger.failure);
  const known = ledger.value.filter(({ seq }) => seq <= state.ledgerHead.seq);
  const last = known.at(-1)?.seq ?? 0;
  const waiting = state.outbox.flatMap(({ record }) =>
    record !== undefined && record.seq > last && record.seq >= from ? [record] : [],
  );
  return { records: [...known, ...waiting], state };
};

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
