import type { Digest } from "../kernel/digest.ts";
import { ok } from "../kernel/result.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import { known, type Observation, type Observations, type SignalValue, unknown } from "../signals/observation.ts";
import type { StreamsPort } from "../signals/ports.ts";
import { lagOf } from "./lag.ts";
import { CONFLICT_TABLE, DIRECTIONS, pawlTable, publishedTables, tokenTopic } from "./names.ts";
import { type CdcPorts, type SlotPosition, worseOf } from "./ports.ts";
import { headroomSeconds } from "./sequences.ts";
import { type Bound, boundBy, missing, type Reading, readStream, type StreamReading } from "./stream-reading.ts";

/** A token is written every second; one that has not moved for so long is not merely late. */
const STALLED_AFTER_S = 20;
/** Three tokens: below that nothing is known to be under way. */
const DRAINED_WITHIN_S = 3;

type Signals = Readonly<Record<string, Reading<SignalValue>>>;

const mapped = <From, To>(reading: Reading<From>, to: (value: From) => Reading<To>): Reading<To> =>
  reading.ok ? to(reading.value) : reading;

const connectors = ({ source, sink }: StreamReading): Signals => {
  if (!source.ok || !sink.ok) {
    const failed = source.ok ? sink : source;
    const reading: Reading<SignalValue> = failed.ok ? missing("not read") : failed;
    return { state: reading, tasksRunning: reading, tasksExpected: ok(2) };
  }
  return {
    state: ok(worseOf(source.value.state, sink.value.state)),
    tasksRunning: ok(source.value.tasksRunning + sink.value.tasksRunning),
    // One each: pawl writes tasks.max 1, and a configuration that says otherwise is a gap.
    tasksExpected: ok(2),
  };
};

const slotLost = (slot: SlotPosition | null): string | null => {
  if (slot === null) return "the slot does not exist";
  if (slot.walStatus === "lost") return "the slot is lost";
  return slot.invalidation;
};

/** One certain gap is enough; without one, everything has to be readable before it is denied. */
const dataGap = (reading: StreamReading, positionGap: string | null): Reading<boolean> => {
  const lost = mapped(reading.slot, (slot) => ok(slotLost(slot)));
  if ((lost.ok && lost.value !== null) || positionGap !== null) return ok(true);
  if (reading.departures.ok && reading.departures.value.length > 0) return ok(true);
  if (!lost.ok) return lost;
  if (!reading.departures.ok) return reading.departures;
  return reading.positions.ok ? ok(false) : reading.positions;
};

const slotSignals = (slot: Reading<SlotPosition | null>): Signals => {
  const there = mapped(
    slot,
    (value): Reading<SlotPosition> => (value === null ? missing("the slot does not exist") : ok(value)),
  );
  return {
    slotActive: slot.ok && slot.value === null ? ok(false) : mapped(there, ({ active }) => ok(active)),
    slotRetainedBytes: mapped(there, ({ retainedBytes }) => ok(retainedBytes)),
    slotSafeBytes: mapped(there, (value) => {
      // Past its limit PostgreSQL tells less than 0 until a checkpoint takes the log away.
      if (value.safeBytes !== null) return ok(Math.max(0, value.safeBytes));
      // PostgreSQL tells nothing of a lost slot either, and that one is past all limits.
      return missing(slotLost(value) ?? "max_slot_wal_keep_size is -1: only the disk limits it");
    }),
  };
};

const streamSignals = (cutover: CutoverBindings, direction: Direction, reading: StreamReading): Signals => {
  const token = tokenTopic(cutover, direction);
  const lag = mapped(reading.positions, (all) =>
    ok(
      lagOf(
        all.filter(({ topic }) => topic !== token),
        all,
      ),
    ),
  );
  const records = mapped(lag, (of) => (of.records === null ? missing(of.unknown ?? "not told") : ok(of.records)));
  return {
    ...connectors(reading),
    lagRecords: records,
    unknownPartitions: mapped(lag, (of) => ok(of.unknownPartitions)),
    lagSeconds: reading.tokenAgeS,
    drained: mapped(records, (behind) =>
      mapped(reading.tokenAgeS, (age) => ok(behind === 0 && age <= DRAINED_WITHIN_S)),
    ),
    stalled: mapped(reading.tokenAgeS, (age) => ok(age > STALLED_AFTER_S)),
    dataGap: dataGap(reading, lag.ok ? lag.value.gap : null),
    strayRows: reading.strayRows,
    deadLetters: reading.deadLetters,
    ...slotSignals(reading.slot),
  };
};

const conflictSignals = async (ports: CdcPorts, cutover: CutoverBindings, within: Bound): Promise<Signals> => {
  const table = pawlTable(cutover, CONFLICT_TABLE);
  const [blue, green] = await Promise.all([
    within(ports.databases.blue.conflicts(table)),
    within(ports.databases.green.conflicts(table)),
  ]);
  if (!blue.ok) return { total: blue };
  if (!green.ok) return { total: green };
  return { total: ok(new Set([...blue.value, ...green.value]).size) };
};

const sequenceSignals = async (ports: CdcPorts, cutover: CutoverBindings, within: Bound): Promise<Signals> => {
  const tables = publishedTables(cutover);
  const [blue, green] = await Promise.all([
    within(ports.databases.blue.sequences(tables)),
    within(ports.databases.green.sequences(tables)),
  ]);
  if (!blue.ok) return { headroomSeconds: blue };
  if (!green.ok) return { headroomSeconds: green };
  return { headroomSeconds: ok(headroomSeconds({ blue: blue.value, green: green.value })) };
};

const observations = (group: string, signals: Signals, readAt: EpochMs): readonly (readonly [string, Observation])[] =>
  Object.entries(signals).map(([name, reading]) => [
    `${group}.${name}`,
    reading.ok ? known(reading.value, readAt) : unknown(reading.failure.message, readAt),
  ]);

/**
 * Everything that only something inside the VPC can see, from one reading and without memory:
 * - `stalled` is proven by the token's age alone: nothing written on the source in the last 20 s has been applied.
 * - `drained` says that at this instant nothing is known to be under way; the proof is the DrainPort's.
 * - `strayRows` counts the application's writes on the stream's source in the last minute, whether they should be or not.
 * - `conflicts.total` alone: how many came since arming only the guard can say, which remembers how many there were.
 * Connections stay open for whoever owns the ports to close.
 */
export const streamsOver = (ports: CdcPorts, now: () => EpochMs, digest: Digest): StreamsPort => ({
  read: async (cutover, timeoutMs): Promise<Observations> => {
    const within = boundBy(ports, timeoutMs);
    const [forward, reverse, conflicts, sequences] = await Promise.all([
      readStream(ports, cutover, "forward", digest, timeoutMs),
      readStream(ports, cutover, "reverse", digest, timeoutMs),
      conflictSignals(ports, cutover, within),
      sequenceSignals(ports, cutover, within),
    ]);
    const readAt = now();
    const streams = { forward, reverse };
    return Object.fromEntries([
      ...DIRECTIONS.flatMap((direction) =>
        observations(direction, streamSignals(cutover, direction, streams[direction]), readAt),
      ),
      ...observations("conflicts", conflicts, readAt),
      ...observations("sequences", sequences, readAt),
    ]);
  },
});
