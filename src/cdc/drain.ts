import { fail, type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import { durationMs, type EpochMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainFailure, DrainPort, DrainProof } from "../signals/ports.ts";
import { behindOf, endsOf, gapIn } from "./lag.ts";
import { GUARD_ROLE, pawlTable, SINK_ROLE, SOURCE_ROLE, sinkTopics, sourceOf, TOKEN_TABLE, targetOf } from "./names.ts";
import type { CdcPorts, SlotPosition } from "./ports.ts";

const POLL_MS = 100;

/** `0/1A2B`, as PostgreSQL writes a position of its log. */
export const walText = (position: bigint): string =>
  `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffffffffn).toString(16).toUpperCase()}`;

type Step<Value> = Result<Value, DrainFailure>;

const unreachable = (failure: OutsideFailure): Step<never> => fail({ kind: "unreachable", message: failure.message });

/** One proof under way: what it asks, of whom, and until when. */
interface Proving {
  readonly ports: CdcPorts;
  readonly cutover: CutoverBindings;
  readonly direction: Direction;
  readonly giveUpAt: number;
}

/** Asks again until `look` has an answer, or until the time is over: then it says what it still waited for. */
const until = async <Value>(
  { ports, giveUpAt }: Proving,
  look: () => Promise<Step<Value | { readonly waitingFor: string }>>,
): Promise<Step<Value>> => {
  for (;;) {
    const seen = await look();
    if (!seen.ok) return seen;
    const value = seen.value;
    if (typeof value !== "object" || value === null || !("waitingFor" in value)) return ok(value as Value);
    if (ports.stopwatch.elapsedMs() + POLL_MS >= giveUpAt)
      return fail({ kind: "not-yet", message: String(value.waitingFor) });
    await ports.stopwatch.pause(POLL_MS);
  }
};

const left = ({ ports, giveUpAt }: Proving) =>
  durationMs(Math.max(500, Math.ceil(giveUpAt - ports.stopwatch.elapsedMs())));

const usableSlot = async ({ ports, cutover, direction }: Proving): Promise<Step<SlotPosition>> => {
  const { slot } = cutover.streams[direction];
  const read = await ports.databases[sourceOf(direction)].slot(slot);
  if (!read.ok) return unreachable(read.failure);
  if (read.value === null) return fail({ kind: "impossible", message: `slot ${slot} does not exist` });
  const lost = read.value.walStatus === "lost" || read.value.invalidation !== null;
  if (lost)
    return fail({ kind: "impossible", message: `slot ${slot} is lost (${read.value.invalidation ?? "wal_removed"})` });
  if (read.value.confirmed === null) return fail({ kind: "not-yet", message: `slot ${slot} is still being made` });
  return ok(read.value);
};

const slotPast = (proving: Proving, wal: bigint): Promise<Step<SlotPosition>> =>
  until(proving, async () => {
    const slot = await usableSlot(proving);
    if (!slot.ok || (slot.value.confirmed ?? 0n) >= wal) return slot;
    const confirmed = walText(slot.value.confirmed ?? 0n);
    return ok({
      waitingFor: `slot ${slot.value.name} has confirmed ${confirmed}, the token is at ${walText(wal)}`,
    });
  });

const committedPastEnds = async (proving: Proving): Promise<Step<ReadonlyMap<string, bigint>>> => {
  const { ports, cutover, direction } = proving;
  const { group } = cutover.streams[direction];
  const topics = sinkTopics(cutover, direction);
  const first = await ports.broker.positions(group, topics, left(proving));
  if (!first.ok) return unreachable(first.failure);
  const ends = endsOf(first.value);
  return until(proving, async () => {
    const now = await ports.broker.positions(group, topics, left(proving));
    if (!now.ok) return unreachable(now.failure);
    const gap = gapIn(now.value);
    if (gap !== null) return fail({ kind: "impossible", message: gap });
    const behind = behindOf(now.value, ends);
    if (behind === null) return ok(ends);
    return ok({
      waitingFor: `group ${group} has committed ${behind.committed ?? "nothing"} of ${behind.where}, it ends at ${behind.end}`,
    });
  });
};

/**
 * The slot is looked at before the token is written: a token that the slot's own first snapshot already held would come
 * out on the other side while rows are still being copied, and prove nothing.
 */
const prove = async (proving: Proving, now: () => EpochMs): Promise<Step<DrainProof>> => {
  const { ports, cutover, direction } = proving;
  const [source, target] = [ports.databases[sourceOf(direction)], ports.databases[targetOf(direction)]];
  const table = pawlTable(cutover, TOKEN_TABLE);
  const slot = await usableSlot(proving);
  if (!slot.ok) return slot;
  const since = now();
  const token = await source.writeToken(table, direction);
  if (!token.ok) return unreachable(token.failure);
  const position = await source.now();
  if (!position.ok) return unreachable(position.failure);
  const past = await slotPast(proving, position.value.wal);
  if (!past.ok) return past;
  const ends = await committedPastEnds(proving);
  if (!ends.ok) return ends;
  const { n, writtenAtMs } = token.value;
  const arrived = await until(proving, async () => {
    const there = await target.readToken(table, direction);
    if (!there.ok) return unreachable(there.failure);
    if (there.value !== null && there.value.n >= n && there.value.writtenAtMs >= writtenAtMs) return ok(there.value);
    return ok({ waitingFor: `token ${n} was written, ${there.value?.n ?? "none"} is on ${targetOf(direction)}` });
  });
  if (!arrived.ok) return arrived;
  return ok({
    direction,
    since,
    provenAt: now(),
    token: String(n),
    walPosition: walText(position.value.wal),
    topicEnds: Object.fromEntries([...ends.value].map(([partition, end]) => [partition, String(end)])),
  });
};

/** Proves that everything written on one side before now has been applied on the other. `now` is the guard's own clock. */
export const drainOver = (ports: CdcPorts, now: () => EpochMs): DrainPort => ({
  prove: (cutover, direction, timeoutMs) =>
    prove({ ports, cutover, direction, giveUpAt: ports.stopwatch.elapsedMs() + timeoutMs }, now),
  openTransactions: (side, olderThanMs) =>
    ports.databases[side].openTransactions([SOURCE_ROLE, SINK_ROLE, GUARD_ROLE], olderThanMs),
});
