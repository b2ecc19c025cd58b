import type { LedgerRecord } from "../../decision/record.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { toIso } from "../../kernel/instant.ts";
import type { LedgerVerdict } from "../../ledger/verify-ledger.ts";
import { recompute } from "../../rehearsal/recompute.ts";
import { otherEngineOf, tickReader } from "../../rehearsal/stored-tick.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit.ts";
import { followLedger } from "../follow-ledger.ts";
import { tickStores } from "../tick-stores.ts";

export type LedgerPorts = Pick<GuardPorts, "state" | "ledger" | "digest" | "evidence" | "snapshots" | "policies">;

interface Difference {
  readonly seq: number;
  readonly tick: string | null;
  readonly what: string;
  /** Another release judged it: it was not judged again. Left out where what was stored is not what was recorded. */
  readonly otherEngine?: true;
}

/** What judging again came to; left out where it was not asked for. */
export interface RecomputedDocument {
  /** Records whose tick was judged again. */
  readonly judged: number;
  readonly differences: readonly Difference[];
}

export type LedgerDocument = { readonly cutover: string } & LedgerVerdict & {
    readonly recomputed?: RecomputedDocument;
  };

/**
 * Recomputes the hash chain of every record, from the first to the head that the state knows, with whatever else stands in
 * the ledger; and, where it is asked for, every decision from what was stored for it.
 * @throws {CommandFailure} never armed, or the table did not answer.
 */
export const ledgerVerifyCommand = async (
  { ports, bindings: { name } }: CliContext<LedgerPorts>,
  options: { readonly recompute?: boolean } = {},
): Promise<CommandResult<LedgerDocument>> => {
  const { verdict, recomputed } = await follow(ports, name, options.recompute === true);
  if (!verdict.intact) return brokenChain({ cutover: name, ...verdict });
  const chain = `${name}: ${verdict.records} records, chain intact, head ${verdict.head.hash.slice(0, 12)}`;
  if (recomputed === null) return done({ cutover: name, ...verdict }, [chain]);
  return {
    document: { cutover: name, ...verdict, recomputed },
    lines: [chain, ...sayRecomputed(name, recomputed)],
    exitCode: recomputed.differences.length === 0 ? EXIT.done : EXIT.refused,
  };
};

const follow = async (
  ports: LedgerPorts,
  cutover: string,
  judging: boolean,
): Promise<{ readonly verdict: LedgerVerdict; readonly recomputed: RecomputedDocument | null }> => {
  const read = tickReader(tickStores(ports, cutover), ports.digest);
  const differences: Difference[] = [];
  let judged = 0;
  const judge = async (record: LedgerRecord): Promise<void> => {
    const outcome = await recompute(record, read);
    if (outcome.kind === "not-judged") return;
    if (otherEngineOf(record) === null) judged += 1;
    if (outcome.kind === "different") differences.push(differenceOf(record, outcome.what));
  };
  const verdict = await followLedger(ports, cutover, async (record, follows) => {
    if (judging && follows) await judge(record);
  });
  return { verdict, recomputed: judging ? { judged, differences } : null };
};

const differenceOf = (record: LedgerRecord, what: string): Difference => ({
  seq: record.seq,
  tick: record.tick === null ? null : toIso(record.tick),
  what,
  ...(otherEngineOf(record) === null ? {} : { otherEngine: true }),
});

const sayRecomputed = (name: string, { judged, differences }: RecomputedDocument): readonly string[] => {
  const others = differences.filter(({ otherEngine }) => otherEngine === true);
  const own = differences.filter(({ otherEngine }) => otherEngine !== true);
  const [first, last] = [others[0], others.at(-1)];
  const whats = [...new Set(others.map(({ what }) => what))];
  return [
    `${name}: ${judged} records re-judged, ${own.length} differences`,
    ...own.map(({ seq, tick, what }) => `  record ${seq}, tick ${tick}: ${what}`),
    ...(own.length === 0
      ? []
      : [
          "  why:  What was stored does not lead to what was recorded: it was changed or removed since.",
          "  next: Keep the table as it is, restore it beside from a backup, and compare these records.",
        ]),
    ...(first === undefined || last === undefined
      ? []
      : [
          `${name}: ${others.length} records not re-judged, ${first.seq} to ${last.seq}: ${whats.join("; ")}`,
          "  why:  Another release judged these ticks, by rules that this one does not have.",
          "  next: Run the same command in a checkout of the release that judged them: there they are judged again.",
        ]),
  ];
};

const brokenChain = (document: LedgerDocument & { readonly intact: false }): CommandResult<LedgerDocument> => ({
  document,
  lines: [
    `${document.cutover}: the chain is broken at record ${document.atSeq}: ${document.why}.`,
    "  why:  The table does not hold what pawl wrote, all of it and nothing else: something was changed, removed or put in.",
    "  next: Keep the table as it is, restore it beside from a backup, and compare every record, those before that one too.",
  ],
  exitCode: EXIT.refused,
});
