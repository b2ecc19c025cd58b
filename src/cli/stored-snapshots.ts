import type { GuardPorts } from "../guard/ports.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { unanswered } from "./failures.ts";
import { PATIENCE_MS } from "./limits.ts";

/** So many at a time: one question for an hour of ticks, and never more than some hours in memory. */
const AHEAD_MS = durationMs(3_600_000);
const MOST_KEPT = 400;

type Read = (epoch: number, tick: EpochMs) => Promise<readonly Snapshot[] | null>;

/** A tick's snapshot and those of the hour after it; null where its own is not one that pawl wrote. */
const readHour =
  ({ snapshots }: Pick<GuardPorts, "snapshots">, cutover: string): Read =>
  async (epoch, tick) => {
    // One of the hour that is not pawl's hides no other: whether it is this one its own question tells.
    for (const last of [later(tick, AHEAD_MS), tick]) {
      const found = await snapshots.range(cutover, epoch, tick, last, PATIENCE_MS);
      if (found.ok) return found.value;
      if (found.failure.kind !== "malformed")
        throw unanswered(`The snapshots of ${cutover} cannot be read.`, found.failure);
    }
    return null;
  };

/**
 * Snapshots by tick, in the order in which a ledger names them: nearly every one is asked for again by the ticks after it.
 * The function throws a `CommandFailure` where the table does not answer.
 */
export const snapshotsInOrder = (ports: Pick<GuardPorts, "snapshots">, cutover: string) => {
  const read = readHour(ports, cutover);
  const kept = new Map<string, Snapshot>();
  const missing = new Set<string>();
  // By the words of what was stored, which may have been changed since.
  const key = (epoch: number, tick: number): string => `${epoch} ${tick}`;
  return async (epoch: number, tick: EpochMs): Promise<Snapshot | "unreadable" | null> => {
    const there = kept.get(key(epoch, tick));
    if (there !== undefined || missing.has(key(epoch, tick))) return there ?? null;
    const found = await read(epoch, tick);
    if (found === null) return "unreadable";
    for (const one of found) kept.set(key(epoch, one.tick), one);
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
    const own = kept.get(key(epoch, tick)) ?? null;
    if (own === null) missing.add(key(epoch, tick));
    return own;
  };
};
