/** A number as people read it: a whole one as it is, for a count or a size of bytes is what it is; others in six digits. */
export const briefNumber = (value: number): string =>
  String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(6)));
