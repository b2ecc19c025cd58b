import { onBlueSince } from "../decision/settle-label.ts";
import type { CutoverState } from "../decision/state.ts";
import { durationMs, type EpochMs, earlier, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { GATE_DELAY_MS, SNAPSHOT_MINUTES } from "../snapshot/freshness.ts";
import { NO_DATAPOINT } from "../snapshot/minute-readings.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { DRAIN_TIMEOUT_MS, READ_TIMEOUT_MS, STATE_TIMEOUT_MS, STREAMS_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts, Observed } from "./ports.ts";
import { untimely } from "./untimely.ts";

export type ObservePorts = Pick<GuardPorts, "clock" | "state" | "snapshots" | "observed" | "streams" | "drain">;

export type ObserveReport =
  | { readonly kind: "stored"; readonly observed: Observed }
  | { readonly kind: "dropped"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

/**
 * The VPC's half of a tick: reads both streams and stores what it read. While a verified rollback waits to be settled
 * it also gathers the proof, in this order: no request on green, no transaction there that began before, reverse empty.
 */
export const runObserve = async (
  ports: ObservePorts,
  cutover: CutoverBindings,
  tick: EpochMs,
): Promise<ObserveReport> => {
  const mistimed = untimely(tick, ports.clock.now());
  if (mistimed !== null) return { kind: "dropped", why: mistimed };
  const read = await ports.state.read(cutover.name, STATE_TIMEOUT_MS);
  // The state only says whether a proof is asked for; observing goes on without it.
  const state = read.ok ? read.value : null;
  const settle = state === null ? undefined : await settleEvidence(ports, cutover, state, tick);
  // Read after the proof, so that conflicts which came with the last of the drain are counted.
  const observations = await ports.streams.read(cutover, STREAMS_TIMEOUT_MS);
  const observed: Observed = { cutover: cutover.name, tick, observations, ...(settle === undefined ? {} : { settle }) };
  const stored = await ports.observed.put(observed, STATE_TIMEOUT_MS);
  return stored.ok ? { kind: "stored", observed } : { kind: "failed", why: stored.failure.message };
};

type Settle = NonNullable<Observed["settle"]>;

const settleEvidence = async (
  ports: ObservePorts,
  cutover: CutoverBindings,
  state: CutoverState,
  tick: EpochMs,
): Promise<Settle | undefined> => {
  const since = state.latch === undefined ? null : onBlueSince(state.latch);
  if (since === null || state.settled !== undefined) return undefined;
  const from = earlier(tick, SNAPSHOT_MINUTES * MINUTE_MS);
  const snapshots = await ports.snapshots.range(cutover.name, state.epoch, from, tick, READ_TIMEOUT_MS);
  if (!snapshots.ok) return { waitingFor: [`snapshots: ${snapshots.failure.message}`] };
  if (!greenIsQuiet(snapshots.value, since))
    return { waitingFor: ["a whole minute after the snap-back without a request on green"] };
  const open = await ports.drain.openTransactions("green", OLD_TRANSACTION_MS);
  if (!open.ok) return { waitingFor: [`transactions on green: ${open.failure.message}`] };
  if (open.value > 0) return { waitingFor: [`${open.value} transactions on green that began before the snap-back`] };
  const drain = await ports.drain.prove(cutover, "reverse", DRAIN_TIMEOUT_MS);
  return drain.ok ? { drain: drain.value, waitingFor: [] } : { waitingFor: [`reverse: ${drain.failure.message}`] };
};

/**
 * Green is known to be quiet no earlier than two minutes after a request could last have begun there. Database clocks
 * may run up to fifteen times slower than the guard's (a rehearsal in a lab): what began before is at least this old.
 */
const OLD_TRANSACTION_MS = durationMs(5_000);

/**
 * A whole minute since all was on blue, read when its counts were in, in which no request ended on green. Of each minute
 * the newest snapshot speaks; a missing count means none only where blue's of the same minute is there.
 */
const greenIsQuiet = (snapshots: readonly Snapshot[], since: EpochMs): boolean => {
  const newest = snapshots.at(-1);
  if (newest === undefined) return false;
  const first = later(minuteOf(since), MINUTE_MS);
  const eligible = newest.minutes.filter(({ at }) => at >= first && at + MINUTE_MS + GATE_DELAY_MS <= newest.tick);
  const last = eligible.at(-1);
  if (last === undefined) return false;
  const { values, absent } = last;
  const silent = absent["green.requests"] === NO_DATAPOINT && values["blue.requests"] !== undefined;
  return values["green.requests"] === 0 || silent;
};
