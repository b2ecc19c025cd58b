import type { Digest } from "../kernel/digest.ts";
import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import { type DurationMs, durationMs, type EpochMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import { known, type Observation, type Observations, type SignalValue, unknown } from "../signals/observation.ts";
import type { StreamsPort } from "../signals/ports.ts";
import { lagOf } from "./lag.ts";
import {
  CONFLICT_TABLE,
  DIRECTIONS,
  pawlTable,
  publishedTables,
  SEED_TABLE,
  SIDES,
  sinkTopics,
  sourceOf,
  TOKEN_TABLE,
  targetOf,
  tokenTopic,
} from "./names.ts";
import type { CdcPorts, ConnectorState, ConnectorStatus, PartitionPosition, SlotPosition } from "./ports.ts";
import { departures, readIncarnation } from "./seed.ts";
import { headroomSeconds } from "./sequences.ts";

/** A token is written every second; one that has not moved for so long is not merely late. */
const STALLED_AFTER_S = 20;
/** Three tokens: below that nothing is known to be under way. */
const DRAINED_WITHIN_S = 3;
/** How far back application writes are counted on a side that should have none, by the source's clock. */
export const STRAY_WINDOW_MS = 60_000;

type Reading<Value> = Result<Value, OutsideFailure>;

interface StreamReading {
  readonly source: Reading<ConnectorStatus>;
  readonly sink: Reading<ConnectorStatus>;
  readonly positions: Reading<readonly PartitionPosition[]>;
  readonly slot: Reading<SlotPosition | null>;
  /** Age of the newest token on the target, both ends of the span by the source's clock. */
  readonly tokenAgeS: Reading<number>;
  readonly strayRows: Reading<number>;
  readonly deadLetters: Reading<number>;
  /** Why this is not the stream that was seeded; empty where it is. */
  readonly departures: Reading<readonly string[]>;
}

const missing = (message: string): Reading<never> => ({ ok: false, failure: { kind: "not-found", message } });

const tokenAge = async (ports: CdcPorts, cutover: CutoverBindings, direction: Direction): Promise<Reading<number>> => {
  // Token first, then the clock: whatever happens between the two can only make the token look older.
  const token = await ports.databases[targetOf(direction)].readToken(pawlTable(cutover, TOKEN_TABLE), direction);
  if (!token.ok) return token;
  if (token.value === null) return missing(`no token of ${direction} has reached ${targetOf(direction)}`);
  const clock = await ports.databases[sourceOf(direction)].now();
  if (!clock.ok) return clock;
  return ok(Math.max(0, (clock.value.atMs - token.value.writtenAtMs) / 1_000));
};

const strayRows = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  timeoutMs: DurationMs,
): Promise<Reading<number>> => {
  const clock = await ports.databases[sourceOf(direction)].now();
  if (!clock.ok) return clock;
  const topics = cutover.streams[direction].topics;
  const records = await ports.broker.recordsSince(topics, clock.value.atMs - STRAY_WINDOW_MS, timeoutMs);
  return records.ok ? ok(Object.values(records.value).reduce((sum, count) => sum + count, 0)) : records;
};

/** A sink that tolerates no error puts nothing aside: it stops. Of any other, pawl does not know where it puts it. */
const deadLetters = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  timeoutMs: DurationMs,
): Promise<Reading<number>> => {
  const { sink } = cutover.streams[direction];
  const config = await ports.connect.config(sink, timeoutMs);
  if (!config.ok) return config;
  if (config.value === null) return missing(`connector ${sink} does not exist`);
  if ((config.value["errors.tolerance"] ?? "none") === "none") return ok(0);
  return missing(`connector ${sink} tolerates errors: rows it could not apply are not counted anywhere`);
};

const readDepartures = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  digest: Digest,
  positions: Reading<readonly PartitionPosition[]>,
  timeoutMs: DurationMs,
): Promise<Reading<readonly string[]>> => {
  const table = pawlTable(cutover, SEED_TABLE);
  const [blue, green, now] = await Promise.all([
    ports.databases.blue.seeds(table),
    ports.databases.green.seeds(table),
    readIncarnation(ports, cutover, direction, digest, timeoutMs),
  ]);
  if (!blue.ok) return blue;
  if (!green.ok) return green;
  if (!now.ok) return now;
  if (!positions.ok) return positions;
  const seeds = [blue.value, green.value].map((rows) => rows.find(({ stream }) => stream === direction));
  const found: string[] = [];
  for (const seed of seeds)
    found.push(
      ...(seed === undefined
        ? [`a side does not remember that ${direction} was ever seeded`]
        : departures(seed.facts, now.value, positions.value)),
    );
  return ok([...new Set(found)]);
};

const readStream = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  digest: Digest,
  timeoutMs: DurationMs,
): Promise<StreamReading> => {
  const { source, sink, group, slot } = cutover.streams[direction];
  const positions = ports.broker.positions(group, sinkTopics(cutover, direction), timeoutMs);
  const [sourceStatus, sinkStatus, slotPosition, tokenAgeS, stray, dead, differing] = await Promise.all([
    ports.connect.status(source, timeoutMs),
    ports.connect.status(sink, timeoutMs),
    ports.databases[sourceOf(direction)].slot(slot),
    tokenAge(ports, cutover, direction),
    strayRows(ports, cutover, direction, timeoutMs),
    deadLetters(ports, cutover, direction, timeoutMs),
    positions.then((read) => readDepartures(ports, cutover, direction, digest, read, timeoutMs)),
  ]);
  return {
    source: sourceStatus,
    sink: sinkStatus,
    positions: await positions,
    slot: slotPosition,
    tokenAgeS,
    strayRows: stray,
    deadLetters: dead,
    departures: differing,
  };
};

const WORST_LAST: readonly ConnectorState[] = [
  "RUNNING",
  "RESTARTING",
  "UNASSIGNED",
  "PAUSED",
  "STOPPED",
  "FAILED",
  "ABSENT",
];

const worse = (one: ConnectorState, other: ConnectorState): ConnectorState =>
  WORST_LAST.indexOf(one) > WORST_LAST.indexOf(other) ? one : other;

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
    state: ok(worse(source.value.state, sink.value.state)),
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
    slotSafeBytes: mapped(there, ({ safeBytes }) =>
      safeBytes === null ? missing("max_slot_wal_keep_size is -1: only the disk limits it") : ok(safeBytes),
    ),
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

const conflictSignals = async (ports: CdcPorts, cutover: CutoverBindings): Promise<Signals> => {
  const table = pawlTable(cutover, CONFLICT_TABLE);
  const [blue, green] = await Promise.all([
    ports.databases.blue.conflicts(table),
    ports.databases.green.conflicts(table),
  ]);
  if (!blue.ok) return { total: blue, new: blue };
  if (!green.ok) return { total: green, new: green };
  const all = [...blue.value, ...green.value];
  const unseen = all.filter(({ acknowledged }) => !acknowledged);
  return { total: ok(new Set(all.map(({ id }) => id)).size), new: ok(new Set(unseen.map(({ id }) => id)).size) };
};

const sequenceSignals = async (ports: CdcPorts, cutover: CutoverBindings): Promise<Signals> => {
  const tables = publishedTables(cutover);
  const [blue, green] = await Promise.all([
    ports.databases.blue.sequences(tables),
    ports.databases.green.sequences(tables),
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
 * - `conflicts.new` counts those that nobody has acknowledged since; arming acknowledges all.
 */
export const streamsOver = (ports: CdcPorts, now: () => EpochMs, digest: Digest): StreamsPort => ({
  read: async (cutover, timeoutMs): Promise<Observations> => {
    try {
      const each = durationMs(timeoutMs);
      const [forward, reverse, conflicts, sequences] = await Promise.all([
        readStream(ports, cutover, "forward", digest, each),
        readStream(ports, cutover, "reverse", digest, each),
        conflictSignals(ports, cutover),
        sequenceSignals(ports, cutover),
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
    } finally {
      await Promise.all(SIDES.map((side) => ports.databases[side].close()));
    }
  },
});
