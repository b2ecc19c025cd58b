import type { PartitionPosition } from "./ports.ts";

export interface Lag {
  /** null where it cannot be told; the reason is in `unknown`. */
  readonly records: number | null;
  readonly unknown: string | null;
  readonly unknownPartitions: number;
  /** Why rows were or may have been skipped; null where positions do not say so. */
  readonly gap: string | null;
}

const where = ({ topic, partition }: PartitionPosition): string => `${topic}/${partition}`;

/** A partition into which nothing was ever written has nothing to commit. */
const neverWritten = ({ start, end }: PartitionPosition): boolean => start === 0n && end === 0n;

const isBeyondEnd = ({ committed, end }: PartitionPosition): boolean => committed !== null && committed > end;

const gapOf = (of: PartitionPosition): readonly string[] => {
  if (of.committed === null) return [];
  if (of.committed < of.start)
    return [`${where(of)}: committed ${of.committed}, but the log starts at ${of.start}: records expired unapplied`];
  if (isBeyondEnd(of))
    return [`${where(of)}: committed ${of.committed}, beyond the end ${of.end}: the topic was made again or cut`];
  return [];
};

/** Why rows were or may have been skipped; null where these positions do not say so. */
export const gapIn = (positions: readonly PartitionPosition[]): string | null => positions.flatMap(gapOf)[0] ?? null;

/**
 * Lag in records over the data topics of one stream.
 * A group that never committed anywhere may be a wrong name, so nothing is concluded from it; `all` holds the stream's
 * other topics too, where a group that is alive has committed.
 */
export const lagOf = (data: readonly PartitionPosition[], all: readonly PartitionPosition[]): Lag => {
  const gap = gapIn(all);
  const groupIsKnown = all.some(({ committed }) => committed !== null);
  const unknown = data.filter((of) => of.committed === null && (!groupIsKnown || !neverWritten(of)));
  if (unknown.length > 0)
    return {
      records: null,
      unknown: groupIsKnown
        ? `the group never committed on ${unknown.map(where).join(", ")}`
        : "the group has no committed offsets: it never consumed, or its name is wrong",
      unknownPartitions: unknown.length,
      gap,
    };
  // One that is beyond its end must not make up for another that is behind: together they would look like none.
  const beyond = data.filter(isBeyondEnd);
  if (beyond.length > 0) return { records: null, unknown: gapIn(beyond), unknownPartitions: 0, gap };
  const behind = data.reduce((sum, { committed, end }) => sum + (committed === null ? 0n : end - committed), 0n);
  return { records: Number(behind), unknown: null, unknownPartitions: 0, gap };
};

/** The first partition whose committed offset has not reached the given end, or null where all have. */
export const behindOf = (
  positions: readonly PartitionPosition[],
  ends: ReadonlyMap<string, bigint>,
): { readonly where: string; readonly committed: bigint | null; readonly end: bigint } | null => {
  for (const of of positions) {
    const end = ends.get(where(of)) ?? of.end;
    const reached = of.committed === null ? end === 0n : of.committed >= end;
    if (!reached) return { where: where(of), committed: of.committed, end };
  }
  return null;
};

export const endsOf = (positions: readonly PartitionPosition[]): ReadonlyMap<string, bigint> =>
  new Map(positions.map((of) => [where(of), of.end]));
