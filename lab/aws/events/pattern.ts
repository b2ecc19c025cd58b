/** An event pattern: every field it names must be there with one of the listed values; objects nest. */
export interface EventPattern {
  readonly [field: string]: readonly PatternValue[] | EventPattern;
}
type PatternValue = string | number | boolean | null | { readonly prefix: string };

/**
 * Reads a rule's pattern. @throws naming the field whose filter the lab does not know, rather than never matching it.
 */
export const readPattern = (raw: unknown, at = "EventPattern"): EventPattern => {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw new Error(`${at} is not an object`);
  for (const [field, value] of Object.entries(raw)) {
    if (!Array.isArray(value)) readPattern(value, `${at}.${field}`);
    else if (value.length === 0) throw new Error(`${at}.${field} is empty`);
    else for (const filter of value) checkFilter(filter, `${at}.${field}`);
  }
  return raw as EventPattern;
};

const checkFilter = (filter: unknown, at: string): void => {
  if (filter === null || ["string", "number", "boolean"].includes(typeof filter)) return;
  const isPrefix = isObject(filter) && Object.keys(filter).length === 1 && typeof filter["prefix"] === "string";
  if (!isPrefix) throw new Error(`the lab does not know the filter ${JSON.stringify(filter)} of ${at}`);
};

/** Does the event match? Where the event holds an array, one of its members has to. */
export const matches = (pattern: EventPattern, event: unknown): boolean =>
  isObject(event) &&
  Object.entries(pattern).every(([field, wanted]) => {
    const actual = event[field];
    if (!isList(wanted)) return matches(wanted, actual);
    const candidates: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
    return candidates.some((candidate) => wanted.some((filter) => passes(filter, candidate)));
  });

const passes = (filter: PatternValue, actual: unknown): boolean =>
  isObject(filter) ? typeof actual === "string" && actual.startsWith(String(filter["prefix"])) : filter === actual;

const isList = (value: EventPattern[string]): value is readonly PatternValue[] => Array.isArray(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
