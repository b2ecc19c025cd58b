import { canonicalJson, isJsonObject, type JsonValue } from "../kernel/json.ts";
import { rangesMeet } from "./address-ranges.ts";
import { globsMeet } from "./globs-meet.ts";

/**
 * Whether one request could meet both lists of conditions. Conditions of a rule are joined by AND, values of one
 * condition by OR, so two rules exclude each other only by a field of which a request has exactly one value and of
 * which they name values that no request has both of. In doubt, true.
 */
export const mayOverlap = (a: readonly JsonValue[], b: readonly JsonValue[]): boolean =>
  !a.some((left) => b.some((right) => exclude(readCondition(left), readCondition(right))));

/** True when both lists say the same, in whatever order they say it. */
export const sameConditions = (a: readonly JsonValue[], b: readonly JsonValue[]): boolean =>
  // Stryker disable next-line ConditionalExpression: most are written alike to the letter, so this saves time alone
  JSON.stringify(a) === JSON.stringify(b) || conditionsText(a) === conditionsText(b);

/** One text for all lists of conditions that say the same, whichever of the two places their values stand in. */
export const conditionsText = (conditions: readonly JsonValue[]): string => sortedTexts(conditions.map(plainly)).join();

const plainly = (condition: JsonValue): JsonValue => {
  const read = readCondition(condition);
  return read === null ? condition : { Field: read.field.name, Values: read.values };
};

const sortedTexts = (values: readonly JsonValue[]): readonly string[] =>
  values.map((value) => canonicalJson(unordered(value))).sort();

/** Lists of values as sets: their order means nothing to the load balancer. */
const unordered = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return sortedTexts(value);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unordered(member)]));
};

interface Field {
  readonly name: string;
  /** Where its values stand, beside the older plain `Values`. */
  readonly config: string;
  /** Whether one value of a request could match both. */
  readonly meet: (left: string, right: string) => boolean;
}

/**
 * The fields of which a request has exactly one value. It may carry many headers and many parameters, and one of them
 * several times: those two fields never exclude anything.
 */
const FIELDS: readonly Field[] = [
  {
    name: "host-header",
    config: "HostHeaderConfig",
    meet: (left, right) => globsMeet(left.toLowerCase(), right.toLowerCase()),
  },
  { name: "path-pattern", config: "PathPatternConfig", meet: globsMeet },
  { name: "http-request-method", config: "HttpRequestMethodConfig", meet: (left, right) => left === right },
  { name: "source-ip", config: "SourceIpConfig", meet: (left, right) => rangesMeet(left, right) ?? true },
];

/** A condition all of whose values are known. */
interface Condition {
  readonly field: Field;
  readonly values: readonly string[];
}

/** null where it says something that is not compared value by value: a regular expression, a field of another kind. */
const readCondition = (condition: JsonValue): Condition | null => {
  if (!isJsonObject(condition)) return null;
  const field = FIELDS.find(({ name }) => name === condition["Field"]);
  if (field === undefined) return null;
  const config = condition[field.config];
  const of = isJsonObject(config) ? config : condition;
  if ([condition, of].some(({ RegexValues: regexes }) => Array.isArray(regexes) && regexes.length > 0)) return null;
  const values = of["Values"] ?? condition["Values"];
  const known = Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === "string");
  return known ? { field, values } : null;
};

const exclude = (a: Condition | null, b: Condition | null): boolean =>
  a !== null && a.field === b?.field && !a.values.some((left) => b.values.some((right) => a.field.meet(left, right)));
