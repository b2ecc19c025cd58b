import { canonicalJson, type JsonObject, type JsonValue } from "../kernel/json.ts";
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
  // Most are written alike to the letter, and every tick asks.
  JSON.stringify(a) === JSON.stringify(b) || conditionsText(a) === conditionsText(b);

/** One text for all lists of conditions that say the same, whichever of the two places their values stand in. */
export const conditionsText = (conditions: readonly JsonValue[]): string => sortedTexts(conditions.map(plainly)).join();

const plainly = (condition: JsonValue): JsonValue => {
  const { field, values } = readCondition(condition);
  return values.length > 0 && MEETS[field] !== undefined ? { Field: field, Values: values } : condition;
};

const sortedTexts = (values: readonly JsonValue[]): readonly string[] =>
  values.map((value) => canonicalJson(unordered(value))).sort();

/** Lists of values as sets: their order means nothing to the load balancer. */
const unordered = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return sortedTexts(value);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unordered(member)]));
};

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface Condition {
  readonly field: string;
  /** Empty where it has none that could be compared. */
  readonly values: readonly string[];
}

/** Where each field that a request has exactly one value of keeps its values, beside the older plain `Values`. */
const CONFIGS: Readonly<Record<string, string>> = {
  "host-header": "HostHeaderConfig",
  "path-pattern": "PathPatternConfig",
  "http-request-method": "HttpRequestMethodConfig",
  "source-ip": "SourceIpConfig",
};

const readCondition = (condition: JsonValue): Condition => {
  const { Field: field, ...rest } = isObject(condition) ? condition : {};
  if (typeof field !== "string") return { field: "", values: [] };
  const config = rest[CONFIGS[field] ?? ""];
  const of = isObject(config) ? config : rest;
  // What a regular expression matches is not decided here.
  if ([rest, of].some(({ RegexValues: regexes }) => Array.isArray(regexes) && regexes.length > 0))
    return { field, values: [] };
  const values = of["Values"] ?? rest["Values"];
  return { field, values: Array.isArray(values) ? values.filter((value) => typeof value === "string") : [] };
};

const exclude = (a: Condition, b: Condition): boolean => {
  if (a.field !== b.field || a.values.length === 0 || b.values.length === 0) return false;
  const meet = MEETS[a.field];
  return meet !== undefined && !a.values.some((left) => b.values.some((right) => meet(left, right)));
};

/**
 * Whether one value of a request could match both, by field. A request may carry many headers and many parameters, and
 * one of them several times: those two fields never exclude anything.
 */
const MEETS: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  "host-header": (left, right) => globsMeet(left.toLowerCase(), right.toLowerCase()),
  "path-pattern": globsMeet,
  "http-request-method": (left, right) => left === right,
  "source-ip": (left, right) => rangesMeet(left, right) ?? true,
};
