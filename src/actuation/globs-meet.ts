/**
 * Whether some text matches both patterns, where `*` stands for any run of characters and `?` for exactly one. Exact,
 * at the cost of the product of their lengths; a condition's value has at most 128 characters.
 */
export const globsMeet = (left: string, right: string): boolean => {
  const width = right.length + 1;
  const known: (boolean | undefined)[] = [];
  const meet = (i: number, j: number): boolean => {
    const at = i * width + j;
    const before = known[at];
    if (before !== undefined) return before;
    const found = step(i, j);
    known[at] = found;
    return found;
  };
  const step = (i: number, j: number): boolean => {
    if (i === left.length && j === right.length) return true;
    // A star ends here, or swallows one more sign of the other pattern, whatever that sign stands for.
    if (left[i] === "*") return meet(i + 1, j) || (j < right.length && meet(i, j + 1));
    if (right[j] === "*") return meet(i, j + 1) || (i < left.length && meet(i + 1, j));
    if (i === left.length || j === right.length) return false;
    return signsMeet(left[i], right[j]) && meet(i + 1, j + 1);
  };
  return meet(0, 0);
};

const signsMeet = (left: string | undefined, right: string | undefined): boolean =>
  left === right || left === "?" || right === "?";
