import type { JsonValue } from "../kernel/json.ts";

type Values = ReadonlyMap<string, readonly string[]>;

/**
 * Whether one request could meet both lists of conditions. Conditions of a rule are joined by AND, values of one
 * condition by OR, so two rules exclude each other only where a field that both name shares no value. In doubt, true.
 */
export const mayOverlap = (a: readonly JsonValue[], b: readonly JsonValue[]): boolean => {
  const [left, right] = [valuesByField(a), valuesByField(b)];
  return [...left].every(([field, values]) => {
    const others = right.get(field);
    return others === undefined || values.some((value) => others.some((other) => mayBothMatch(value, other)));
  });
};

const valuesByField = (conditions: readonly JsonValue[]): Values => {
  const fields = new Map<string, readonly string[]>();
  for (const condition of conditions) {
    if (typeof condition !== "object" || condition === null || Array.isArray(condition)) continue;
    const { Field: field, ...rest } = condition as { readonly [key: string]: JsonValue };
    const values = textsIn(rest);
    if (typeof field === "string" && values.length > 0) fields.set(field, values);
  }
  return fields;
};

/** The `Values` of a condition, wherever its configuration keeps them. */
const textsIn = (value: JsonValue): readonly string[] => {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

const hasWildcard = (text: string): boolean => /[*?]/.test(text);

const mayBothMatch = (a: string, b: string): boolean => {
  if (hasWildcard(a) && hasWildcard(b)) return prefixesAgree(a, b);
  if (hasWildcard(a)) return matches(a, b);
  return hasWildcard(b) ? matches(b, a) : a === b;
};

const prefixOf = (pattern: string): string => pattern.slice(0, pattern.search(/[*?]/));

/** Two patterns exclude each other when what stands before their first wildcards already differs. */
const prefixesAgree = (a: string, b: string): boolean => {
  const [left, right] = [prefixOf(a), prefixOf(b)];
  return left.startsWith(right) || right.startsWith(left);
};

const matches = (pattern: string, text: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
};
