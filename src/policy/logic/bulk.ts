/** A value nested deeper than this is not written out: whoever reads it would have to recurse as deep. */
const DEEPEST = 200;

interface Measure {
  readonly bulk: number;
  readonly depth: number;
}

const PLAIN: Measure = { bulk: 1, depth: 0 };
const TOO_DEEP: Measure = { bulk: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY };

/** Lists and objects already measured; nobody changes them afterwards. */
const measured = new WeakMap<object, Measure>();

/**
 * How much a value holds if it is written out: its plain values, and its characters. A list that holds the same list
 * twice counts it twice, as writing it would. Infinite where it is nested too deep.
 *
 * Costs no more than what is really there. The value comes from JSON or from JSON-logic and holds no cycle.
 */
export const bulkOf = (value: unknown): number => measure(value, 0).bulk;

/** Written out larger than this, a value is neither compared nor handed on. */
export const LARGEST_VALUE = 4_000_000;

/** Whether two JSON values are the same; of values that are too large to write out nothing is said. */
export const isSameValue = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (bulkOf(one) > LARGEST_VALUE || bulkOf(other) > LARGEST_VALUE) return false;
  return JSON.stringify(one) === JSON.stringify(other);
};

const measure = (value: unknown, level: number): Measure => {
  if (typeof value === "string") return { bulk: 1 + value.length, depth: 0 };
  if (typeof value !== "object" || value === null) return PLAIN;
  const before = measured.get(value);
  if (before !== undefined) return before;
  if (level > DEEPEST) return TOO_DEEP;
  let bulk = 1;
  let depth = 0;
  for (const key of Object.keys(value)) {
    const part = measure((value as Readonly<Record<string, unknown>>)[key], level + 1);
    // Seen from further down it may not be too deep, so that only what was asked for is remembered as such.
    if (part === TOO_DEEP) return level === 0 ? remember(value, TOO_DEEP) : TOO_DEEP;
    bulk += part.bulk + (Array.isArray(value) ? 0 : key.length);
    depth = Math.max(depth, part.depth + 1);
  }
  return depth > DEEPEST ? TOO_DEEP : remember(value, { bulk, depth });
};

const remember = (value: object, measure: Measure): Measure => {
  measured.set(value, measure);
  return measure;
};
