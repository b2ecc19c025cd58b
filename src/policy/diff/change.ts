/**
 * What a change does. Opening is going on: a step, the soak's end, arming again. `cannot tell` where neither way is
 * proven: it is never guessed.
 */
export type Direction =
  | "opens earlier"
  | "opens later"
  | "rolls back earlier"
  | "rolls back later"
  | "cannot tell"
  | "neutral";

export interface Change {
  readonly direction: Direction;
  /** Going on sooner and going back later are; what cannot be told may be. */
  readonly riskier: boolean;
  /** "gate lag in canary, quarter", "step half", "rollback rule breaker", "soak". */
  readonly where: string;
  /** What it was and what it is. */
  readonly what: string;
}

const RISKIER: ReadonlySet<Direction> = new Set(["opens earlier", "rolls back later"]);
const ORDER: readonly Direction[] = [
  "rolls back later",
  "opens earlier",
  "cannot tell",
  "opens later",
  "rolls back earlier",
  "neutral",
];

export const change = (direction: Direction, where: string, what: string): Change => ({
  direction,
  riskier: RISKIER.has(direction),
  where,
  what,
});

/** Riskier ones first, then what cannot be told. */
export const inOrderOfRisk = (changes: readonly Change[]): readonly Change[] =>
  changes.toSorted((a, b) => ORDER.indexOf(a.direction) - ORDER.indexOf(b.direction));
