import { behindOf, gapIn } from "../cdc/lag.ts";
import { sinkTopics } from "../cdc/names.ts";
import type { CdcPorts } from "../cdc/ports.ts";
import {
  type Act,
  deleteConnector,
  deleteTopicsAndGroups,
  dismantle,
  dropSlot,
  findLeftovers,
  raiseFence,
  resetOffsets,
  stopConnector,
} from "../cdc/teardown.ts";
import { toIso } from "../kernel/instant.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { type ActOutcome, type DecommissionActs, failed, waiting } from "./acts.ts";
import { comparedInstead, finalDiff } from "./final-diff.ts";
import type { LoadBalancerActs } from "./load-balancer-acts.ts";

export type StreamActs = Omit<DecommissionActs, keyof LoadBalancerActs>;

export interface StreamActPorts {
  readonly cdc: CdcPorts;
  readonly drain: DrainPort;
}

/** Real time; what is not done by then, the next tick goes on with. */
const DRAIN_MS = durationMs(12_000);
const STOP_MS = durationMs(10_000);
const POSITIONS_MS = durationMs(5_000);

/** The acts of decommission on databases, Kafka and Kafka Connect. Each looks whether it has come true. */
export const streamActs = ({ cdc, drain }: StreamActPorts): StreamActs => ({
  "final-diff": (cutover, before = {}) => finalDiff(cdc, drain, cutover, before),
  "fence-blue": async (cutover) => outcome(await raiseFence(cdc, cutover, "blue"), { fenced: "blue" }),
  "drain-forward": async (cutover, before = {}) => {
    const startedAt = cdc.stopwatch.elapsedMs();
    const proof = await drained(drain, cutover, "forward");
    return proof.kind === "failed" ? comparedInstead({ cdc, drain, cutover, before, startedAt }, proof.message) : proof;
  },
  "stop-forward": (cutover) => stopAll(cdc, [cutover.streams.forward.source, cutover.streams.forward.sink]),
  "drop-forward-slot": (cutover) => slotDropped(cdc, cutover, "forward"),
  "stop-reverse-source": (cutover, before = {}) =>
    stopDrained(cdc, drain, cutover.streams.reverse.source, cutover, before),
  "drain-reverse": (cutover) => appliedToTheEnd(cdc, cutover, "reverse"),
  "stop-reverse-sink": (cutover) => stopAll(cdc, [cutover.streams.reverse.sink]),
  "drop-reverse-slot": (cutover) => slotDropped(cdc, cutover, "reverse"),
  "reset-offsets": (cutover) => each(connectorsOf(cutover), (name) => resetOffsets(cdc, name)),
  "delete-connectors": async (cutover) => {
    const deleted = await each(connectorsOf(cutover), (name) => deleteConnector(cdc, name, STOP_MS));
    return deleted.kind === "done" ? outcome(await deleteTopicsAndGroups(cdc, cutover), deleted.detail) : deleted;
  },
  "drop-publications": async (cutover) => outcome(await dismantle(cdc, cutover, "publications"), {}),
  "drop-guards": async (cutover) => outcome(await dismantle(cdc, cutover, "guards"), {}),
  "verify-absence": (cutover) => nothingLeft(cdc, cutover),
});

type Detail = Extract<ActOutcome, { kind: "done" }>["detail"];

/** What did not come about within its time is waited for: every act is tried again at the next tick. */
const outcome = (act: Act, detail: Detail): ActOutcome => (act.ok ? { kind: "done", detail } : waiting(act.failure));

const connectorsOf = ({ streams }: CutoverBindings): readonly string[] =>
  [streams.forward, streams.reverse].flatMap(({ source, sink }) => [source, sink]);

const each = async (names: readonly string[], act: (name: string) => Promise<Act>): Promise<ActOutcome> => {
  for (const name of names) {
    const done = await act(name);
    if (!done.ok) return waiting(done.failure);
  }
  return { kind: "done", detail: { connectors: names } };
};

const stopAll = (cdc: CdcPorts, names: readonly string[]): Promise<ActOutcome> =>
  each(names, (name) => stopConnector(cdc, name, STOP_MS));

const slotDropped = async (cdc: CdcPorts, cutover: CutoverBindings, direction: Direction): Promise<ActOutcome> =>
  outcome(await dropSlot(cdc, cutover, direction, STOP_MS), { slot: cutover.streams[direction].slot });

/**
 * Drained while it still runs: what is in the source's hands when it stops is then next to nothing, but it is not on blue. What
 * is proven of blue is all that green had taken by `drainedSince`; a source that stopped otherwise leaves that out.
 */
const stopDrained = async (
  cdc: CdcPorts,
  drain: DrainPort,
  source: string,
  cutover: CutoverBindings,
  before: Detail,
): Promise<ActOutcome> => {
  const empty = await drained(drain, cutover, "reverse");
  if (empty.kind !== "done" && !(await isStopped(cdc, source)))
    return empty.kind === "failed" ? failed(`${empty.message} ${goOnWithout(source)}`) : empty;
  const drainedSince = empty.kind === "done" ? empty.detail["drainedSince"] : before["drainedSince"];
  const proven: Detail = drainedSince === undefined ? {} : { drainedSince };
  const stopped = await stopAll(cdc, [source]);
  if (stopped.kind === "done") return { ...stopped, detail: { ...stopped.detail, ...proven } };
  const isNew = drainedSince !== undefined && before["drainedSince"] === undefined;
  return isNew ? { kind: "partly", detail: proven, soFar: "reverse is drained, and its source is stopping" } : stopped;
};

const goOnWithout = (source: string): string =>
  "Green has everything. Blue lacks what the stream has not carried: to go on without that, and without a way back that is " +
  `exact, stop its source: PUT <Connect>/connectors/${source}/stop.`;

/** A run that was killed after the source had stopped cannot drain it any more, and need not. */
const isStopped = async (cdc: CdcPorts, name: string): Promise<boolean> => {
  const status = await cdc.connect.status(name, POSITIONS_MS);
  return status.ok && (status.value.state === "STOPPED" || status.value.state === "ABSENT");
};

const drained = async (drain: DrainPort, cutover: CutoverBindings, direction: Direction): Promise<ActOutcome> => {
  const proof = await drain.prove(cutover, direction, DRAIN_MS);
  if (proof.ok) {
    const { token, walPosition, since } = proof.value;
    return { kind: "done", detail: { token, walPosition, drainedSince: toIso(since) } };
  }
  return proof.failure.kind === "impossible"
    ? failed(`The ${direction} stream cannot be drained: ${proof.failure.message}.`)
    : waiting(proof.failure.message);
};

/** The source has stopped, so the ends stand still: whatever it put there has to be committed by the sink. */
const appliedToTheEnd = async (cdc: CdcPorts, cutover: CutoverBindings, direction: Direction): Promise<ActOutcome> => {
  const { group } = cutover.streams[direction];
  const giveUpAt = cdc.stopwatch.elapsedMs() + DRAIN_MS;
  for (;;) {
    const positions = await cdc.broker.positions(group, sinkTopics(cutover, direction), POSITIONS_MS);
    if (!positions.ok) return waiting(positions.failure.message);
    const gap = gapIn(positions.value);
    if (gap !== null) return failed(`What the ${direction} stream has applied cannot be told: ${gap}.`);
    const behind = behindOf(positions.value, new Map());
    if (behind === null) return { kind: "done", detail: { group } };
    const seen = `group ${group} has committed ${behind.committed ?? "nothing"} of ${behind.where}, it ends at ${behind.end}`;
    if (cdc.stopwatch.elapsedMs() >= giveUpAt) return waiting(seen);
    await cdc.stopwatch.pause(200);
  }
};

const nothingLeft = async (cdc: CdcPorts, cutover: CutoverBindings): Promise<ActOutcome> => {
  const left = await findLeftovers(cdc, cutover);
  if (!left.ok) return waiting(left.failure);
  const names = Object.values(left.value).flat();
  return names.length === 0 ? { kind: "done", detail: { left: 0 } } : failed(`Still there: ${names.join(", ")}.`);
};
