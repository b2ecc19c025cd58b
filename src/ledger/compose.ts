import type { CutoverState, OutboxEntry, UnchainedRecord } from "../decision/state.ts";
import type { Digest } from "../kernel/digest.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import { chainRecord, headOf } from "./chain.ts";

/** What a transition says of itself: a line of the ledger, and where somebody has to hear of it, a message. */
export interface Account {
  readonly kind: string;
  readonly summary: string;
  readonly at: EpochMs;
  /** null for what no tick asked for. */
  readonly tick: EpochMs | null;
  readonly detail: JsonObject;
  readonly notify?: NonNullable<OutboxEntry["notification"]>;
}

/** More than this waits only when the ledger cannot be reached; then the newest holds go unrecorded, never a change. */
const OUTBOX_MAX = 60;

/**
 * The item that one conditional write stores: the new state with its next version, its ledger record, and the outbox
 * from which whoever runs next carries the record into the ledger. A latch put blindly is chained first.
 */
export const compose = (
  before: CutoverState,
  after: CutoverState,
  account: Account,
  with_: { readonly writeId: string; readonly digest: Digest },
): CutoverState => {
  const based = { ...after, version: before.version + 1, writeId: with_.writeId };
  const latched = chainLatch(based, with_.digest);
  if (account.kind === "hold" && latched.outbox.length >= OUTBOX_MAX) return latched;
  const record: UnchainedRecord = {
    id: `${after.cutover}/${after.epoch}/${based.version}/${account.kind}`,
    cutover: after.cutover,
    epoch: after.epoch,
    tick: account.tick,
    at: account.at,
    kind: account.kind,
    summary: account.summary,
    detail: account.detail,
  };
  return append(latched, record, account.notify, with_.digest);
};

/** A blind latch knew neither the epoch it made nor what it found; its record is completed as it is chained. */
const chainLatch = (state: CutoverState, digest: Digest): CutoverState => {
  const { latch } = state;
  if (latch === undefined || latch.chainedSeq !== undefined) return state;
  const record: UnchainedRecord = {
    ...latch.record,
    epoch: state.epoch,
    detail: { ...latch.record.detail, fromPercent: latch.fromPercent, expected: { ...latch.expected } },
  };
  const chained = append(state, record, undefined, digest);
  return { ...chained, latch: { ...latch, chainedSeq: chained.ledgerHead.seq } };
};

const append = (
  state: CutoverState,
  unchained: UnchainedRecord,
  notification: OutboxEntry["notification"],
  digest: Digest,
): CutoverState => {
  const record = chainRecord(state.ledgerHead, unchained, digest);
  const entry: OutboxEntry = { id: record.id, record, ...(notification === undefined ? {} : { notification }) };
  return { ...state, ledgerHead: headOf(record), outbox: [...state.outbox, entry] };
};

/** The item without the outbox entries that have arrived where they belong. */
export const cleared = (state: CutoverState, ids: ReadonlySet<string>, writeId: string): CutoverState => ({
  ...state,
  version: state.version + 1,
  writeId,
  outbox: state.outbox.filter(({ id }) => !ids.has(id)),
});
