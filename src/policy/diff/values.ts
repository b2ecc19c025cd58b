import type { Literals } from "./literals.ts";
import type { Quantity } from "./quantities.ts";

export type Value = number | string | boolean;

/** Values of a quantity that stand for all others: its literals, what lies between two of them and beyond, and its ends. */
export const valuesOf = (quantity: Quantity, literals: Literals): readonly Value[] => {
  const { numbers, texts, abreast } = literals;
  if (quantity.type === "boolean") return [true, false];
  if (quantity.type === "text") return [...new Set([...quantity.values, ...texts, "?"])];
  const ends = [quantity.least, quantity.most, ...literals.ends].filter((end) => end !== null);
  const sorted = [...new Set(numbers.length === 0 ? numbers : [...numbers, ...ends])].sort((a, b) => a - b);
  const [first = 1] = sorted;
  const last = sorted.at(-1) ?? 1;
  const shares = Array.from({ length: abreast }, (_, index) => (index + 1) / (abreast + 1));
  const between = sorted.slice(1).flatMap((each, index) => {
    const below = sorted[index] ?? each;
    return shares.map((share) => below + (each - below) * share);
  });
  const beyond = shares.flatMap((share) => [
    first - Math.max(1, Math.abs(first)) * share,
    last + Math.max(1, Math.abs(last)) * 2 * share,
  ]);
  const all = [...sorted, ...between, ...beyond, ...(sorted.length === 0 ? [0, 1, 2] : []), ...ends];
  const whole = quantity.whole || literals.counted ? all.flatMap((each) => [Math.floor(each), Math.ceil(each)]) : [];
  const within = [...(quantity.whole ? [] : all), ...whole].filter(
    (each) => each >= (quantity.least ?? -Infinity) && each <= (quantity.most ?? Infinity),
  );
  return [...new Set(within)];
};
