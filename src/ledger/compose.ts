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

/**
 * More than this waits only when the ledger, or the topic, cannot be reached; then the newest ticks that changed nothing go
 * unrecorded, or their pages untold, never a change. An item that grew for hours could not be written any more.
 */
const OUTBOX_MAX = 60;
/** Nor more bytes of either: the item of 400 KB holds records, messages, and whatever changes something beyond both. */
const OUTBOX_LONGEST = 150_000;
const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
/** What ticks come to minute after minute, for days. */
const EVERY_MINUTE: ReadonlySet<string> = new Set(["hold", "soak", "decommission"]);
/** What such a tick may have changed all the same: settled a step, taken what was asked or another policy, ended a hold. */
const standing = (state: CutoverState): readonly unknown[] => {
  const { phase, weightPercent, intent, latch, request, adoption, policyDigest } = state;
  return [phase, weightPercent, intent, latch?.mode, request, adoption, policyDigest];
};

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
  const latched = chainLatch(before, based, with_.digest);
  const stood = standing(before);
  const changesNothing =
    EVERY_MINUTE.has(account.kind) && standing(after).every((member, index) => member === stood[index]);
  const isFull = (of: "record" | "notification"): boolean => {
    if (!changesNothing) return false;
    const waiting = latched.outbox.flatMap((entry) => entry[of] ?? []);
    return waiting.length >= OUTBOX_MAX || bytesOf(waiting) >= OUTBOX_LONGEST;
  };
  const notification = isFull("notification") ? undefined : account.notify;
  const id = `${transitionId(based)}${account.kind}`;
  // The ledger may be stuck while people can be reached: what they have to hear does not wait for it.
  if (isFull("record"))
    return notification === undefined ? latched : queued(latched, { id, at: account.at, notification });
  const record: UnchainedRecord = {
    id,
    cutover: after.cutover,
    epoch: after.epoch,
    tick: account.tick,
    at: account.at,
    kind: account.kind,
    summary: account.summary,
    detail: account.detail,
  };
  return append(latched, record, notification, with_.digest);
};

/** What the ids of everything that a transition says begin with. */
const transitionId = ({ cutover, epoch, version }: CutoverState): string => `${cutover}/${epoch}/${version}/`;

/** Whether an entry was made by the very write that made this version of the item. */
export const isOfNewest = (state: CutoverState, { id }: OutboxEntry): boolean => id.startsWith(transitionId(state));

/**
 * A blind latch knew neither the epoch it made nor what it found; its record is completed as it is chained. Looked for
 * in the item before: a transition that takes the latch off may be the first one after it.
 */
const chainLatch = (before: CutoverState, state: CutoverState, digest: Digest): CutoverState => {
  const latch = before.latch ?? state.latch;
  if (latch === undefined || latch.chainedSeq !== undefined) return state;
  const record: UnchainedRecord = {
    ...latch.record,
    epoch: before.latch === undefined ? state.epoch : before.epoch,
    detail: { ...latch.record.detail, fromPercent: latch.fromPercent, expected: { ...latch.expected } },
  };
  const chained = append(state, record, undefined, digest);
  const { latch: kept } = chained;
  return kept === undefined ? chained : { ...chained, latch: { ...kept, chainedSeq: chained.ledgerHead.seq } };
};

const append = (
  state: CutoverState,
  unchained: UnchainedRecord,
  notification: OutboxEntry["notification"],
  digest: Digest,
): CutoverState => {
  const record = chainRecord(state.ledgerHead, unchained, digest);
  const { id, at } = record;
  const entry: OutboxEntry = { id, at, record, ...(notification === undefined ? {} : { notification }) };
  return queued({ ...state, ledgerHead: headOf(record) }, entry);
};

const queued = (state: CutoverState, entry: OutboxEntry): CutoverState => ({
  ...state,
  outbox: [...state.outbox, entry],
});

/** Ids of the entries whose record is in the ledger, and of those whose message somebody was sent. */
export interface Delivered {
  readonly recorded: ReadonlySet<string>;
  readonly told: ReadonlySet<string>;
}

/** The item without what has arrived where it belongs; the very same item where nothing of it is left to take out. */
export const cleared = (state: CutoverState, { recorded, told }: Delivered, writeId: string): CutoverState => {
  const outbox = state.outbox.flatMap(({ id, at, record, notification }): readonly OutboxEntry[] => {
    const left = {
      ...(record === undefined || recorded.has(id) ? {} : { record }),
      ...(notification === undefined || told.has(id) ? {} : { notification }),
    };
    return Object.keys(left).length === 0 ? [] : [{ id, at, ...left }];
  });
  const nothingLeft = state.outbox.every(
    ({ id, record, notification }) =>
      !(record !== undefined && recorded.has(id)) && !(notification !== undefined && told.has(id)),
  );
  return nothingLeft ? state : { ...state, version: state.version + 1, writeId, outbox };
};
