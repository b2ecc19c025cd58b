/** Numbers from a seed (mulberry32), so that a run can be repeated with the same users and the same orders. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number;
  between(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** This many hexadecimal digits. */
  hex(digits: number): string;
}

export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = (): number => bits() / 2 ** 32;
  const below = (limit: number): number => Math.floor(next() * limit);
  const hex = (digits: number): string => {
    let text = "";
    while (text.length < digits) text += bits().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  };
  return {
    next,
    below,
    hex,
    between: (low, high) => low + next() * (high - low),
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("nothing to pick from");
      return item;
    },
  };
};
