import type { Digest } from "../kernel/digest.ts";
import { canonicalJson, type JsonObject } from "../kernel/json.ts";
import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import type { DurationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import { configText } from "./connectors.ts";
import { sinkTopics, sourceOf, targetOf } from "./names.ts";
import type { CdcPorts, PartitionPosition } from "./ports.ts";

/** The incarnation of one stream: what it was made of when both sides were found equal. Anything else is another stream. */
export interface Incarnation {
  readonly sourceSystem: string;
  readonly sourceTimeline: number;
  readonly targetSystem: string;
  /** A target that failed over may have lost rows of which Kafka says that they are applied; its name stays the same. */
  readonly targetTimeline: number;
  readonly group: string;
  readonly sourceConfig: string;
  readonly sinkConfig: string;
}

/** A seed also holds how far the topics had got: an end that lies before it means the topic was made again. */
export interface SeedFacts extends Incarnation {
  readonly ends: Readonly<Record<string, string>>;
}

export const seedJson = (facts: SeedFacts): JsonObject => ({ ...facts, ends: { ...facts.ends } });

const digestOrNone = (digest: Digest, config: Readonly<Record<string, string>> | null): string =>
  config === null ? "none" : digest(configText(config));

/** Reads what a stream is made of now. Effects: none. */
export const readIncarnation = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  digest: Digest,
  timeoutMs: DurationMs,
): Promise<Result<Incarnation, OutsideFailure>> => {
  const stream = cutover.streams[direction];
  const [source, target, sourceConfig, sinkConfig] = await Promise.all([
    ports.databases[sourceOf(direction)].identity(),
    ports.databases[targetOf(direction)].identity(),
    ports.connect.config(stream.source, timeoutMs),
    ports.connect.config(stream.sink, timeoutMs),
  ]);
  if (!source.ok) return source;
  if (!target.ok) return target;
  if (!sourceConfig.ok) return sourceConfig;
  if (!sinkConfig.ok) return sinkConfig;
  return ok({
    sourceSystem: source.value.systemIdentifier,
    sourceTimeline: source.value.timeline,
    targetSystem: target.value.systemIdentifier,
    targetTimeline: target.value.timeline,
    group: stream.group,
    sourceConfig: digestOrNone(digest, sourceConfig.value),
    sinkConfig: digestOrNone(digest, sinkConfig.value),
  });
};

/** All of a stream that a seed remembers. */
export const readSeedFacts = async (
  ports: CdcPorts,
  cutover: CutoverBindings,
  direction: Direction,
  digest: Digest,
  timeoutMs: DurationMs,
): Promise<Result<SeedFacts, OutsideFailure>> => {
  const now = await readIncarnation(ports, cutover, direction, digest, timeoutMs);
  if (!now.ok) return now;
  const { group } = cutover.streams[direction];
  const positions = await ports.broker.positions(group, sinkTopics(cutover, direction), timeoutMs);
  if (!positions.ok) return positions;
  return ok({
    ...now.value,
    ends: Object.fromEntries(
      positions.value.map(({ topic, partition, end }) => [`${topic}/${partition}`, String(end)]),
    ),
  });
};

/** How a stream differs from its seed, one sentence each; none where it is the one that was seeded. */
export const departures = (
  seed: JsonObject,
  now: Incarnation,
  positions: readonly PartitionPosition[],
): readonly string[] => {
  const changed = Object.entries(now)
    .filter(([name, value]) => canonicalJson(seed[name] ?? null) !== canonicalJson(value))
    .map(([name]) => `${name} is not the one that was seeded`);
  const ends = seed["ends"];
  const remembered = typeof ends === "object" && ends !== null && !Array.isArray(ends) ? ends : {};
  const wentBack = positions.flatMap(({ topic, partition, end }) => {
    const where = `${topic}/${partition}`;
    const before = endOf(Reflect.get(remembered, where));
    if (before === null) return [`what is remembered of the end of ${where} is no offset`];
    return end < before ? [`${where} ends before the end it had when seeded`] : [];
  });
  return [...changed, ...wentBack];
};

/** A copy that somebody edited must not end the reading of everything else. */
const endOf = (remembered: unknown): bigint | null => {
  const text = String(remembered ?? "0");
  return /^\d+$/.test(text) ? BigInt(text) : null;
};
