import type { JsonValue } from "../../kernel/json.ts";
import { oncePerText } from "../../kernel/memo.ts";
import { Unknown, unknownBecause, unknownFrom, type Value, valueFrom } from "./judged.ts";
import {
  allOperands,
  type Call,
  evaluateAll,
  type Operator,
  outOfSteps,
  PARTS_A_STEP,
  type Part,
  type Run,
  spend,
} from "./scope.ts";

/**
 * Follows a path through own properties only, so that `constructor` and whatever pollutes a prototype stay out of
 * reach. Texts have no parts. `undefined` where the path ends early.
 */
const ownAtParts = (data: unknown, parts: readonly string[]): unknown => {
  let at = data;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] as string;
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    if (part === "length" && Array.isArray(at)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
};

/** Follows a dotted path through own properties only. */
export const ownAt = (data: unknown, path: string): unknown => ownAtParts(data, partsOf(path));

/** Operations read the same few paths of every minute. */
const partsOf = oncePerText((path): readonly string[] => path.split("."));

type LookUp = (run: Run, data: unknown) => Value;

const lookUpAt = (path: string, nameOf: Call["nameOf"]): LookUp => {
  const parts = path.split(".");
  return (run, data) => {
    const found = ownAtParts(data, parts);
    // Stryker disable next-line all: valueFrom says the same of these; a rule reads dozens of them a tick
    if (Number.isFinite(found) || typeof found === "string" || typeof found === "boolean") return found as JsonValue;
    return valueFrom(found, () => `${nameOf(path)}: ${run.whyAbsent(path)}`);
  };
};

const MIXED = unknownBecause("beside an operation the data cannot be read as a whole");

const WHOLE: LookUp = ({ mixed }, data) =>
  mixed !== undefined && data === mixed ? MIXED : valueFrom(data, () => "the element has no value");

/** Stops where the path is no path; a path that is computed is looked up as it comes. */
const lookUpOf = (path: Value, nameOf: Call["nameOf"]): LookUp => {
  if (path instanceof Unknown) return () => path;
  if (path === null || path === "") return WHOLE;
  if (typeof path === "string" || typeof path === "number") return lookUpAt(String(path), nameOf);
  const malformed = unknownBecause("var: the path is neither text nor number");
  return () => malformed;
};

/**
 * A default counts only where the path is missing, as in stock. The linter refuses defaults in policies, where they
 * would turn silence into the value somebody once thought healthy.
 */
export const variable = (call: Call): Part => {
  const { nameOf } = call;
  const written = call.operands[0] ?? "";
  if (call.operands.length <= 1 && typeof written !== "object") {
    const lookUp = lookUpOf(written as JsonValue, nameOf);
    const cost = 1 + costOf(written);
    return (run, data) => {
      run.steps -= cost;
      return run.steps < 0 ? outOfSteps(run) : lookUp(run, data);
    };
  }
  if (call.operands.length > 2) {
    const malformed = call.malformed("var: takes a path and a default");
    return (run, data) => malformed(run, data, []);
  }
  const path = call.compile(0, { truthOnly: false });
  const fallback = call.operands.length === 2 ? call.compile(1, { truthOnly: false }) : null;
  return (run, data) => {
    run.steps -= 1;
    if (run.steps < 0) return outOfSteps(run);
    const name = path(run, data);
    run.steps -= costOf(name);
    if (run.steps < 0) return outOfSteps(run);
    const isPath = typeof name === "number" || (typeof name === "string" && name !== "");
    if (fallback !== null && isPath && asStockFinds(data, String(name)) === undefined) return fallback(run, data);
    return lookUpOf(name, nameOf)(run, data);
  };
};

/** What a long path costs beside its expression: it is read with every look, and told by every one that finds nothing. */
const costOf = (path: unknown): number => (typeof path === "string" ? Math.floor(path.length / PARTS_A_STEP) : 0);

/** What stock finds, which also looks into texts and prototypes; undefined where even it finds nothing. */
const asStockFinds = (data: unknown, path: string): unknown => {
  let at = data;
  for (const part of path.split(".")) {
    if (at === null || at === undefined) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
};

/**
 * The keys that have no value; or why that cannot be said: one is no path, or we find nothing where stock finds
 * something (NaN, a letter of a text, what a prototype has). Keys are never evaluated, whatever the data holds in
 * their place.
 */
const missingOf = (keys: readonly JsonValue[], run: Run, data: unknown): readonly JsonValue[] | string => {
  const missing: JsonValue[] = [];
  for (const key of keys) {
    if (typeof key !== "string" && typeof key !== "number") return WRONG_TYPE;
    if (!spend(run, 1 + String(key).length)) break;
    const value = lookUpOf(key, String)(run, data);
    if (!(value instanceof Unknown) && value !== "") continue;
    const found = key === "" ? data : asStockFinds(data, String(key));
    if (found !== undefined && found !== null && found !== "")
      return `json-logic-js finds at "${key}" what is no value here`;
    missing.push(key);
  }
  return missing;
};

const WRONG_TYPE = "operand of the wrong type";

const keysOf = (values: readonly JsonValue[]): readonly JsonValue[] => {
  const [first] = values;
  return Array.isArray(first) ? first : values;
};

type Choose = (values: readonly JsonValue[], run: Run, data: unknown) => readonly JsonValue[] | string;

const answerMissing =
  (choose: Choose): Operator =>
  (call) => {
    const parts = allOperands(call, { truthOnly: false });
    return (run, data, operands) => {
      if (!evaluateAll(parts, run, data, operands)) return unknownFrom(operands);
      const missing = choose(operands as readonly JsonValue[], run, data);
      if (run.steps < 0) return outOfSteps(run);
      return typeof missing === "string" ? unknownBecause(`${call.operator}: ${missing}`) : missing;
    };
  };

const missingSome = answerMissing(([needed, keys], run, data) => {
  if (typeof needed !== "number" || !Array.isArray(keys)) return WRONG_TYPE;
  const absent = missingOf(keys, run, data);
  return typeof absent !== "string" && keys.length - absent.length >= needed ? [] : absent;
});

export const DATA_ACCESS: Readonly<Record<string, Operator>> = {
  missing: answerMissing((values, run, data) => missingOf(keysOf(values), run, data)),
  missing_some: (call) =>
    call.operands.length === 2 ? missingSome(call) : call.malformed("missing_some: wrong number of operands"),
};
