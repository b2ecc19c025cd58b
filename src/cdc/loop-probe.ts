import { type OutsideFailure, ok, outsideFailure, type Result } from "../kernel/result.ts";
import { durationMs } from "../kernel/units.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import type { DrainPort } from "../signals/ports.ts";
import { DIRECTIONS, pawlTable, sourceOf, TOKEN_TABLE, tokenTopic } from "./names.ts";
import type { CdcPorts, PartitionPosition } from "./ports.ts";

/** Well above what the once-a-second token adds between two looks, so that one echo each would stand out. */
const PROBES = 40;
const TIMEOUT_MS = durationMs(30_000);

export interface DirectionProbe {
  readonly direction: Direction;
  /** How many tokens the source wrote between the two looks: at least, at most. */
  readonly atLeast: number;
  readonly atMost: number;
  /** How many records its token topic got. */
  readonly grown: number;
  /** Growth of the data topics, where green is fenced and so must write nothing by itself; else null. */
  readonly dataGrown: number | null;
}

export interface LoopProbe {
  readonly oneHop: boolean;
  readonly probes: readonly DirectionProbe[];
}

/** The token's number before and after the topic's end was read: the records in the topic lie between. */
interface Look {
  readonly low: number;
  readonly high: number;
  readonly tokens: bigint;
  readonly data: bigint;
}

type Outcome<Value> = Promise<Result<Value, OutsideFailure>>;

const ends = (positions: readonly PartitionPosition[]): bigint => positions.reduce((sum, { end }) => sum + end, 0n);

const tokenNumber = async (ports: CdcPorts, cutover: CutoverBindings, direction: Direction): Outcome<number> => {
  const token = await ports.databases[sourceOf(direction)].readToken(pawlTable(cutover, TOKEN_TABLE), direction);
  return token.ok ? ok(token.value?.n ?? 0) : token;
};

/** What is looked at. Without a drain: as it is at this moment, whatever may still be on its way. */
interface Looking {
  readonly ports: CdcPorts;
  readonly cutover: CutoverBindings;
  readonly drain: DrainPort | null;
}

const look = async ({ ports, cutover, drain }: Looking, direction: Direction): Outcome<Look> => {
  const { group, topics } = cutover.streams[direction];
  const low = await tokenNumber(ports, cutover, direction);
  if (!low.ok) return low;
  const drained = await drain?.prove(cutover, direction, TIMEOUT_MS);
  if (drained?.ok === false)
    return outsideFailure("refused", `${direction} is not drained: ${drained.failure.message}`);
  const tokens = await ports.broker.positions(group, [tokenTopic(cutover, direction)], TIMEOUT_MS);
  if (!tokens.ok) return tokens;
  const data = await ports.broker.positions(group, topics, TIMEOUT_MS);
  if (!data.ok) return data;
  const high = await tokenNumber(ports, cutover, direction);
  if (!high.ok) return high;
  return ok({ low: low.value, high: high.value, tokens: ends(tokens.value), data: ends(data.value) });
};

type Looks = Readonly<Record<Direction, Look>>;

const lookBoth = async (looking: Looking): Outcome<Looks> => {
  const [forward, reverse] = await Promise.all(DIRECTIONS.map((direction) => look(looking, direction)));
  if (forward === undefined || reverse === undefined)
    return outsideFailure("malformed", "a direction was not looked at");
  if (!forward.ok) return forward;
  if (!reverse.ok) return reverse;
  return ok({ forward: forward.value, reverse: reverse.value });
};

const compare = (direction: Direction, before: Look, after: Look, greenIsFenced: boolean): DirectionProbe => ({
  direction,
  atLeast: after.low - before.high,
  atMost: after.high - before.low,
  grown: Number(after.tokens - before.tokens),
  dataGrown: greenIsFenced && direction === "reverse" ? Number(after.data - before.data) : null,
});

/** One direction in words. A record that goes round also takes the token's number back. */
export const sayProbe = ({ direction, atMost, grown, dataGrown }: DirectionProbe): string => {
  const written =
    atMost < PROBES ? `${PROBES} tokens were written and overwritten` : `at most ${atMost} tokens were written`;
  return `${direction}: ${written}, ${grown} arrived${dataGrown ? `, and ${dataGrown} rows of nobody` : ""}`;
};

/** Each token came once, and nothing that nobody wrote. */
export const isOneHop = ({ atLeast, atMost, grown, dataGrown }: DirectionProbe): boolean =>
  grown >= atLeast && grown <= atMost && (dataGrown ?? 0) === 0;

/** Once for the hop, and once more so that an echo of it would have come back. */
const lookAfterwards = async (looking: Looking): Outcome<Looks> => {
  const hop = await lookBoth(looking);
  return hop.ok ? lookBoth(looking) : hop;
};

const probeOnce = async (
  ports: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  greenIsFenced: boolean,
): Outcome<LoopProbe> => {
  const looking: Looking = { ports, cutover, drain };
  const before = await lookBoth(looking);
  if (!before.ok) return before;
  for (const direction of DIRECTIONS)
    for (let probe = 0; probe < PROBES; probe += 1) {
      const written = await ports.databases[sourceOf(direction)].writeToken(pawlTable(cutover, TOKEN_TABLE), direction);
      if (!written.ok) return written;
    }
  const probesOf = (after: Looks): readonly DirectionProbe[] =>
    DIRECTIONS.map((direction) => compare(direction, before.value[direction], after[direction], greenIsFenced));
  const after = await lookAfterwards(looking);
  if (after.ok) {
    const probes = probesOf(after.value);
    return ok({ oneHop: probes.every(isOneHop), probes });
  }
  if (after.failure.kind !== "refused") return after;
  // What goes round may never drain again. Nothing was on its way before, so that a record too many is an echo all the same.
  const undrained = await lookBoth({ ...looking, drain: null });
  const echoes = undrained.ok ? probesOf(undrained.value).filter(({ grown, atMost }) => grown > atMost) : [];
  return echoes.length > 0 ? ok({ oneHop: false, probes: echoes }) : after;
};

/**
 * Writes on both sides and counts what the topics got: each side's own writes, once. Repeated once where it does not
 * hold, because a worker that restarted in between sends some records twice without any loop.
 * Effects: adds 40 to each side's token.
 */
export const loopProbe = async (
  ports: CdcPorts,
  drain: DrainPort,
  cutover: CutoverBindings,
  greenIsFenced: boolean,
): Outcome<LoopProbe> => {
  const first = await probeOnce(ports, drain, cutover, greenIsFenced);
  if (!first.ok || first.value.oneHop) return first;
  const second = await probeOnce(ports, drain, cutover, greenIsFenced);
  // What goes round without end may never drain any more; that takes nothing back of what was counted.
  return !second.ok && second.failure.kind === "refused" ? first : second;
};
