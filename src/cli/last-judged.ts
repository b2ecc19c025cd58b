import type { LedgerRecord } from "../decision/record.ts";
import type { CutoverState } from "../decision/state.ts";
import type { GuardPorts } from "../guard/ports.ts";
import { toIso } from "../kernel/instant.ts";
import { fail, type Result } from "../kernel/result.ts";
import { isAsHashed } from "../ledger/chain.ts";
import { type LedgerEntry, recordAt } from "../ledger/entry.ts";
import { newestFirst } from "./ledger-records.ts";

/** Records of one kind and summary without another between them: a latched minute says what the one before it said. */
export interface Happened {
  readonly at: string;
  readonly kind: string;
  readonly summary: string;
  readonly times: number;
  /** When the last of them was made. */
  readonly until: string;
}

export interface LastJudged {
  /** null where no tick was ever judged. */
  readonly record: LedgerRecord | null;
  /** What was recorded after it, oldest first. */
  readonly since: readonly Happened[];
  /** What stands there and is no record as it was written, and why: it is passed over. */
  readonly skipped: readonly string[];
}

/**
 * Reads a ledger back to the newest tick that was judged, however long ago that is: a latched cutover judges nothing.
 * @throws {CommandFailure} the table did not answer.
 */
export const lastJudged = async (
  ports: Pick<GuardPorts, "ledger" | "digest">,
  state: CutoverState,
): Promise<LastJudged> => {
  const later: Happened[] = [];
  const skipped: string[] = [];
  let record: LedgerRecord | null = null;
  for await (const entry of newestFirst(ports, state)) {
    const found = asWritten(entry, ports);
    if (!found.ok) skipped.push(typeof entry.place === "number" ? `${entry.place}: ${found.failure}` : found.failure);
    else if (isJudged(found.value)) {
      record = found.value;
      break;
    } else addBefore(later, found.value);
  }
  return { record, since: later.toReversed(), skipped };
};

const isJudged = ({ detail }: LedgerRecord): boolean => typeof detail["evidence"] === "string" && "decision" in detail;

const asWritten = (entry: LedgerEntry, { digest }: Pick<GuardPorts, "digest">): Result<LedgerRecord, string> => {
  const found = recordAt(entry);
  return found.ok && !isAsHashed(found.value, digest) ? fail("its content is not what was hashed") : found;
};

/** Newest first: the one that was added last is the one after it. */
const addBefore = (later: Happened[], { at, kind, summary }: LedgerRecord): void => {
  const next = later.at(-1);
  const same = next !== undefined && next.kind === kind && next.summary === summary;
  if (same) later.pop();
  const made = toIso(at);
  later.push(same ? { ...next, at: made, times: next.times + 1 } : { at: made, kind, summary, times: 1, until: made });
};
