/**
 * Whether some text matches both patterns, where `*` stands for any run of characters and `?` for exactly one. Exact,
 * at the cost of the product of their lengths; a condition's value has at most 128 characters.
 */
export const globsMeet = (left: string, right: string): boolean => {
  // For every end of `right`: whether it meets as much of `left`, from its end, as has been looked at. At first nothing.
  let ends: readonly boolean[] = Array.from({ length: right.length + 1 }, (_, at) => /^\**$/.test(right.slice(at)));
  for (const sign of left.split("").reverse()) ends = withOneMore(sign, ends, right);
  return ends[0] === true;
};

/** The same with one sign more of `left`. */
const withOneMore = (sign: string, ends: readonly boolean[], right: string): readonly boolean[] => {
  // Stryker disable next-line ArrayDeclaration: every place is written before it is read
  const longer: boolean[] = [];
  for (let at = right.length; at >= 0; at -= 1)
    longer[at] =
      sign === "*" || right[at] === "*"
        ? // The star ends here, or swallows one sign more of the other pattern, whatever that sign stands for.
          ends[at] === true || longer[at + 1] === true
        : signsMeet(sign, right[at]) && ends[at + 1] === true;
  return longer;
};

const signsMeet = (left: string, right: string | undefined): boolean => left === right || left === "?" || right === "?";
