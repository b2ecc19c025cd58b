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
