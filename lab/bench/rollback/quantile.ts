/** The smallest value that at least this share of the values does not exceed. @throws {RangeError} no values. */
export const quantile = (values: readonly number[], share: number): number => {
  const found = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)];
  if (found === undefined) throw new RangeError("there is no quantile of nothing");
  return found;
};
