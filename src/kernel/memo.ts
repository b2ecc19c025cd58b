/** The same answer for the same object, computed once and forgotten with it. The object must never change. */
export const oncePerObject = <Key extends object, Value>(compute: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const there = known.get(key);
    if (there !== undefined) return there.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
};

const MOST_TEXTS = 1_000;
const LONGEST_TEXT = 200;

/**
 * The same answer for the same text, computed once. Made for texts that code and policies hold, which are few; of those
 * that a hostile file may bring, only the first and short ones are kept.
 */
export const oncePerText = <Value extends object | string | number>(
  compute: (text: string) => Value,
): ((text: string) => Value) => {
  const known = new Map<string, Value>();
  return (text) => {
    const there = known.get(text);
    if (there !== undefined) return there;
    const value = compute(text);
    if (known.size < MOST_TEXTS && text.length < LONGEST_TEXT) known.set(text, value);
    return value;
  };
};
