import type { LedgerRecord } from "../../decision/record.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import { type LedgerVerdict, verifyLedger } from "../../ledger/verify-ledger.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { recompute, type Stores } from "../../rehearsal/recompute.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { EXIT, refused } from "../exit.ts";
import { unanswered } from "../failures.ts";
import { PATIENCE_MS } from "../limits.ts";
import { snapshotsInOrder } from "../stored-snapshots.ts";

export type LedgerPorts = Pick<GuardPorts, "state" | "ledger" | "digest" | "evidence" | "snapshots" | "policies">;

/** What judging again came to; left out where it was not asked for. */
export interface RecomputedDocument {
  /** Records whose tick was judged again. */
  readonly judged: number;
  readonly differences: readonly { readonly seq: number; readonly tick: string | null; readonly what: string }[];
}

export type LedgerDocument = { readonly cutover: string } & LedgerVerdict & {
    readonly recomputed?: RecomputedDocument;
  };

/**
 * Recomputes the hash chain of every record, from the first to the head that the state knows; and, where it is asked for,
 * every decision from what was stored for it.
 * @throws {CommandFailure} never armed, or the table did not answer.
 */
export const ledgerVerifyCommand = async (
  { ports, bindings: { name } }: CliContext<LedgerPorts>,
  options: { readonly recompute?: boolean } = {},
): Promise<CommandResult<LedgerDocument>> => {
  const { records, state } = await readRecords(ports, name, 1);
  const verdict = verifyLedger(records, ports.digest, state.ledgerHead);
  if (!verdict.intact) return brokenChain({ cutover: name, ...verdict });
  const chain = `${name}: ${verdict.records} records, chain intact, head ${verdict.head.hash.slice(0, 12)}`;
  if (options.recompute !== true) return done({ cutover: name, ...verdict }, [chain]);
  const recomputed = await recomputeAll(ports, name, records);
  const { judged, differences } = recomputed;
  return {
    document: { cutover: name, ...verdict, recomputed },
    lines: [
      chain,
      `${name}: ${judged} decisions judged again, ${differences.length} differences`,
      ...differences.map(({ seq, tick, what }) => `  record ${seq}, tick ${tick}: ${what}`),
      ...(differences.length === 0
        ? []
        : [
            "  why:  What was stored does not lead to what was recorded: it was changed or removed since, or another engine judged.",
            "  next: Keep the table as it is, restore it beside from a backup, and compare these records.",
          ]),
    ],
    exitCode: differences.length === 0 ? EXIT.done : EXIT.refused,
  };
};

const brokenChain = (document: LedgerDocument & { readonly intact: false }): CommandResult<LedgerDocument> => ({
  document,
  lines: [
    `${document.cutover}: the chain is broken at record ${document.atSeq}: ${document.why}.`,
    "  why:  A record was changed, removed or put in after it was written; what follows it proves nothing.",
    "  next: Keep the table as it is, restore it beside from a backup, and compare from that record on.",
  ],
  exitCode: EXIT.refused,
});

/** One record after the other: what a long cutover has stored does not fit into memory. */
const recomputeAll = async (
  ports: LedgerPorts,
  cutover: string,
  records: readonly LedgerRecord[],
): Promise<RecomputedDocument> => {
  const stores = storesOf(ports, cutover);
  const differences: RecomputedDocument["differences"][number][] = [];
  let judged = 0;
  for (const record of records) {
    const outcome = await recompute(record, stores, ports.digest);
    if (outcome.kind === "not-judged") continue;
    judged += 1;
    if (outcome.kind === "different")
      differences.push({ seq: record.seq, tick: record.tick === null ? null : toIso(record.tick), what: outcome.what });
  }
  return { judged, differences };
};

const storesOf = (ports: LedgerPorts, cutover: string): Stores => {
  const policies = new Map<string, Policy | null>();
  return {
    snapshot: snapshotsInOrder(ports, cutover),
    evidence: async (digest) => {
      const read = await ports.evidence.read(cutover, digest);
      if (!read.ok) throw unanswered(`The evidence of ${cutover} cannot be read.`, read.failure);
      return read.value;
    },
    policy: async (digest) => {
      const known = policies.get(digest);
      if (known !== undefined) return known;
      const read = await ports.policies.read(digest, PATIENCE_MS);
      if (!read.ok) throw unanswered(`The policies of ${cutover} cannot be read.`, read.failure);
      policies.set(digest, read.value);
      return read.value;
    },
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
