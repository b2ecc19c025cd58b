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

/** `aside` has no direction either, and is more than words: when somebody is called, how much traffic is expected. */
export type Effect = Direction | "aside";

export interface Change {
  readonly direction: Direction;
  /** Going on sooner and going back later are; what cannot be told may be. */
  readonly riskier: boolean;
  /** It is written otherwise, and nothing else: whichever of the two is in force, pawl does the same. */
  readonly wordsOnly: boolean;
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

export const change = (effect: Effect, where: string, what: string): Change => {
  const direction = effect === "aside" ? "neutral" : effect;
  return { direction, riskier: RISKIER.has(direction), wordsOnly: effect === "neutral", where, what };
};

/** Riskier ones first, then what cannot be told; words last. */
export const inOrderOfRisk = (changes: readonly Change[]): readonly Change[] =>
  changes.toSorted(
    (a, b) => ORDER.indexOf(a.direction) - ORDER.indexOf(b.direction) || Number(a.wordsOnly) - Number(b.wordsOnly),
  );
