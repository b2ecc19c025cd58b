import { seedOf, type Uniform, uniformOf } from "../../../src/rehearsal/world/random.ts";

/** One stream of random numbers. Every purpose has its own, so that switching one thing off leaves the others alone. */
export interface Dice {
  chance(probability: number): boolean;
  /** A whole number in [0, below). */
  below(below: number): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  of<Value>(values: readonly Value[]): Value;
}

/** The same seed and purpose give the same numbers on every machine. */
export const diceOf = (seed: number, purpose: string): Dice => {
  let letters = 0;
  for (let index = 0; index < purpose.length; index += 1)
    letters = (Math.imul(letters, 31) + purpose.charCodeAt(index)) >>> 0;
  const uniform: Uniform = uniformOf(seedOf(seed, letters));
  const below = (count: number): number => Math.floor(uniform() * count);
  return {
    chance: (probability) => uniform() < probability,
    below,
    between: (from, to) => from + below(to - from + 1),
    of: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError("nothing to choose from");
      return value;
    },
  };
};
