/** Comparisons by size. */
export type BySize = "<" | "<=" | ">" | ">=";

/** Each as it reads with its operands changed over. */
export const MIRRORED: Readonly<Record<BySize, BySize>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/** Every comparison, and what holds where it does not. */
export const NEGATED: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
  "===": "!==",
  "!==": "===",
};

export const isBySize = (operator: string): operator is BySize => Object.hasOwn(MIRRORED, operator);

export const isComparison = (operator: string): boolean => Object.hasOwn(NEGATED, operator);
