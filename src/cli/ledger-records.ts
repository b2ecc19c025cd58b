import type { CutoverState } from "../decision/state.ts";
import type { GuardPorts } from "../guard/ports.ts";
import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import { entryOf, type LedgerEntry } from "../ledger/entry.ts";
import { isBeyond } from "../ledger/verify-ledger.ts";
import { type CommandFailure, refused } from "./exit.ts";
import { unanswered } from "./failures.ts";
import { PATIENCE_MS } from "./limits.ts";

export type LedgerReading = Pick<GuardPorts, "state" | "ledger">;

/** @throws {CommandFailure} never armed, the state is gone, or the table did not answer. */
export const stateOf = async (ports: LedgerReading, cutover: string): Promise<CutoverState> => {
  const state = await readState(ports, cutover);
  if (state !== null) return state;
  throw (await stateGone(ports, cutover)) ?? neverArmed(cutover);
};

/** null where there is none. @throws {CommandFailure} the table did not answer. */
export const readState = async (
  { state }: Pick<GuardPorts, "state">,
  cutover: string,
): Promise<CutoverState | null> => {
  const read = await state.read(cutover, PATIENCE_MS);
  if (!read.ok) throw unanswered(`The state of ${cutover} cannot be read.`, read.failure);
  return read.value;
};

/** What to say of a cutover that has neither state nor ledger; `also` is told besides. */
export const neverArmed = (cutover: string, also = ""): CommandFailure =>
  refused(
    `${cutover} was never armed${also}.`,
    "There is no state of it in the table.",
    `pawl doctor ${cutover}, then pawl arm ${cutover} --policy <name>.`,
  );

/** Whether anything was ever recorded of a cutover: where it was, and there is no state, the state is gone. */
export const hasLedger = async (
  { ledger }: Pick<GuardPorts, "ledger">,
  cutover: string,
): Promise<Result<boolean, OutsideFailure>> => {
  const first = await ledger.read(cutover, null);
  return first.ok ? ok(first.value.length > 0) : first;
};

/**
 * What to say of a cutover that has a ledger and no state; null where it has no ledger either. `also` is told besides.
 * @throws {CommandFailure} the table did not answer.
 */
export const stateGone = async (
  ports: Pick<GuardPorts, "ledger">,
  cutover: string,
  also = "",
): Promise<CommandFailure | null> => {
  const recorded = await hasLedger(ports, cutover);
  if (!recorded.ok) throw unanswered(`The ledger of ${cutover} cannot be read.`, recorded.failure);
  if (!recorded.value) return null;
  return refused(
    `The state of ${cutover} is gone from the table${also}.`,
    "Its ledger is there: it was armed, and somebody has removed the state since. Without it pawl does nothing by itself.",
    `Keep the table as it is, restore it beside from a backup, and put the state back. pawl rollback ${cutover} --reason "…" works without it.`,
  );
};

/**
 * Everything in a ledger behind a place, in order, a page at a time; from the first on where it is null. What was put in
 * while it is read is in it.
 * @throws {CommandFailure} the table did not answer.
 */
export async function* ledgerEntries(
  { ledger }: Pick<GuardPorts, "ledger">,
  cutover: string,
  behind: LedgerEntry["place"] | null = null,
): AsyncGenerator<LedgerEntry> {
  for (let place = behind; ; ) {
    const page = await ledger.read(cutover, place);
    if (!page.ok) throw unanswered(`The ledger of ${cutover} cannot be read.`, page.failure);
    const last = page.value.at(-1);
    if (last === undefined) return;
    yield* page.value;
    place = last.place;
  }
}

/** Records that wait in the state for the ledger to take them, in order, those before `fromSeq` left out. */
export const waitingEntries = ({ outbox }: Pick<CutoverState, "outbox">, fromSeq: number): readonly LedgerEntry[] =>
  outbox.flatMap(({ record }) => (record === undefined || record.seq < fromSeq ? [] : [entryOf(record)]));

/** How far back is read at a time. */
const SPAN = 500;

/**
 * The entries up to the state's head, newest first, those that wait in the state included; a few hundred are held at a time.
 * @throws {CommandFailure} the table did not answer.
 */
export async function* newestFirst(
  ports: Pick<GuardPorts, "ledger">,
  state: Pick<CutoverState, "cutover" | "ledgerHead" | "outbox">,
): AsyncGenerator<LedgerEntry> {
  const waiting = waitingEntries(state, 1);
  yield* waiting.toReversed();
  const oldest = Math.min(...waiting.map(({ place }) => Number(place)), state.ledgerHead.seq + 1);
  for (let upTo = oldest - 1; upTo > 0; upTo -= SPAN) {
    const span: LedgerEntry[] = [];
    for await (const entry of ledgerEntries(ports, state.cutover, upTo > SPAN ? upTo - SPAN : null)) {
      if (isBeyond(entry, { seq: upTo })) break;
      span.push(entry);
      if (entry.place === upTo) break;
    }
    yield* span.toReversed();
  }
}
