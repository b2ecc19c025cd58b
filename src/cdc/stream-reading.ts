import type { Digest } from "../kernel/digest.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../kernel/result.ts";
import type { DurationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import { STRAY_WINDOW_MS } from "../signals/catalogue.ts";
import { brokenCarriers } from "./carriers.ts";
import { pawlTable, SEED_TABLE, sinkTopics, sourceOf, TOKEN_TABLE, targetOf } from "./names.ts";
import type { CdcPorts, ConnectorStatus, PartitionPosition, SlotPosition } from "./ports.ts";
import { departures, readIncarnation } from "./seed.ts";

/** A clock that is corrected by so little makes a token look younger by as little. */
const CLOCK_SLEW_MS = 1_000;

export type Reading<Value> = Result<Value, OutsideFailure>;

export interface StreamReading {
  readonly source: Reading<ConnectorStatus>;
  readonly sink: Reading<ConnectorStatus>;
  readonly positions: Reading<readonly PartitionPosition[]>;
  readonly slot: Reading<SlotPosition | null>;
  /** Age of the newest token on the target, both ends of the span by the source's clock. */
  readonly tokenAgeS: Reading<number>;
  readonly strayRows: Reading<number>;
  readonly deadLetters: Reading<number>;
  /** Why this is not the stream that was seeded, or does not carry all of its rows any more; empty where it is and does. */
  readonly departures: Reading<readonly string[]>;
}

export const missing = (message: string): Reading<never> => ({ ok: false, failure: { kind: "not-found", message } });

const tokenAge = async (ports: CdcPorts, cutover: CutoverBindings, direction: Direction): Promise<Reading<number>> => {
  // Token first, then the clock: whatever happens between the two can only make the token look older.
  const token = await ports.databases[targetOf(direction)].readToken(pawlTable(cutover, TOKEN_TABLE), direction);
  if (!token.ok) return token;
  if (token.value === null) return missing(`no token of ${direction} has reached ${targetOf(direction)}`);
  const clock = await ports.databases[sourceOf(direction)].now();
  if (!clock.ok) return clock;
  const ageMs = clock.value.atMs - token.value.writtenAtMs;
  // Of a stream that died before the clock was set back the last token would look new until the clock has caught up.
  if (ageMs < -CLOCK_SLEW_MS)
    return outsideFailure(
      "malformed",
      `the token of ${direction} on ${targetOf(direction)} was written ${-ageMs / 1_000} s after now by ${sourceOf(direction)}'s clock: that clock went back`,
    );
  return ok(Math.max(0, ageMs / 1_000));
};

/** The application's writes on a stream's source in the last minute, by its clock: what the other stream brought is not among them. */
export const strayRows = async (
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
  const [blue, green, now, broken] = await Promise.all([
    ports.databases.blue.seeds(table),
    ports.databases.green.seeds(table),
    readIncarnation(ports, cutover, direction, digest, timeoutMs),
    brokenCarriers(ports, cutover, direction),
  ]);
  // A gap that is certain is enough, whatever else cannot be read.
  if (!broken.ok || broken.value.length > 0) return broken;
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

/** What has not been read when the time is over is unknown, whatever became of it. */
export type Bound = <Value>(reading: Promise<Reading<Value>>) => Promise<Reading<Value>>;

export const boundBy =
  (ports: CdcPorts, timeoutMs: DurationMs): Bound =>
  async (reading) => {
    const over = new AbortController();
    const late = ports.stopwatch
      .pause(timeoutMs, over.signal)
      .then((): Reading<never> => outsideFailure("timed-out", `not read within ${timeoutMs} ms`));
    try {
      return await Promise.race([reading, late]);
    } finally {
      over.abort();
    }
  };

export const readStream = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  digest: Digest,
  timeoutMs: DurationMs,
): Promise<StreamReading> => {
  const { source, sink, group, slot } = cutover.streams[direction];
  const within = boundBy(ports, timeoutMs);
  const positions = ports.broker.positions(group, sinkTopics(cutover, direction), timeoutMs);
  const [sourceStatus, sinkStatus, slotPosition, tokenAgeS, stray, dead, differing, offsets] = await Promise.all([
    within(ports.connect.status(source, timeoutMs)),
    within(ports.connect.status(sink, timeoutMs)),
    within(ports.databases[sourceOf(direction)].slot(slot)),
    within(tokenAge(ports, cutover, direction)),
    within(strayRows(ports, cutover, direction, timeoutMs)),
    within(deadLetters(ports, cutover, direction, timeoutMs)),
    within(positions.then((read) => readDepartures(ports, cutover, direction, digest, read, timeoutMs))),
    within(positions),
  ]);
  return {
    source: sourceStatus,
    sink: sinkStatus,
    positions: offsets,
    slot: slotPosition,
    tokenAgeS,
    strayRows: stray,
    deadLetters: dead,
    departures: differing,
  };
};
