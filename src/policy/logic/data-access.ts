import type { JsonValue } from "../../kernel/json.ts";
import type { Judged } from "../verdict.ts";
import { judgedFromData, knownAs, unknownBecause, unknownFrom, valuesOf } from "./judged.ts";
import { allOperands, type Call, type Operator, operand, type Scope } from "./scope.ts";

/**
 * Follows a dotted path through own properties only, so that `constructor` and whatever pollutes a prototype stay
 * out of reach. Texts have no parts. `undefined` where the path ends early.
 */
export const ownAt = (data: unknown, path: string): unknown => {
  let at = data;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    if (Array.isArray(at) && part === "length") return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
};

const lookUp = (path: string, scope: Scope): Judged =>
  judgedFromData(ownAt(scope.data, path), `${scope.run.nameOf(path)}: ${scope.run.whyAbsent(path)}`);

/**
 * A default counts only where the path is missing, as in stock. The linter refuses defaults in policies, where they
 * would turn silence into the value somebody once thought healthy.
 */
const variable: Operator = (call) => {
  const { scope } = call;
  if (call.operands.length > 2) return { result: unknownBecause("var: takes a path and a default"), operands: [] };
  const path = call.operands.length === 0 ? knownAs("") : operand(call, 0, { truthOnly: false });
  if (path.kind === "unknown") return { result: path, operands: [path] };
  const operands = [path];
  if (path.value === null || path.value === "") {
    return { result: judgedFromData(scope.data, "the element has no value"), operands };
  }
  if (typeof path.value !== "string" && typeof path.value !== "number") {
    return { result: unknownBecause("var: the path is neither text nor number"), operands };
  }
  const name = String(path.value);
  if (call.operands.length === 2 && isNowhere(scope.data, name)) {
    const fallback = operand(call, 1, { truthOnly: false });
    return { result: fallback, operands: [path, fallback] };
  }
  return { result: lookUp(name, scope), operands };
};

/** Whether stock, which also looks into texts and prototypes, finds nothing either and would take the default. */
const isNowhere = (data: unknown, path: string): boolean => {
  let at = data;
  for (const part of path.split(".")) {
    if (at === null || at === undefined) return true;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at === undefined;
};

/** Missing here also means NaN and stale. Keys are never evaluated, whatever the data holds in their place. */
const missingOf = (keys: readonly JsonValue[], scope: Scope): readonly JsonValue[] | null => {
  if (!keys.every((key) => typeof key === "string" || typeof key === "number")) return null;
  return keys.filter((key) => {
    const judged = lookUp(String(key), scope);
    return judged.kind === "unknown" || judged.value === "";
  });
};

const keysOf = (values: readonly JsonValue[]): readonly JsonValue[] => {
  const [first] = values;
  return Array.isArray(first) ? first : values;
};

const answerMissing = (call: Call, choose: (values: readonly JsonValue[]) => readonly JsonValue[] | null) => {
  const operands = allOperands(call, { truthOnly: false });
  const values = valuesOf(operands);
  if (values === null) return { result: unknownFrom(operands), operands };
  const missing = choose(values);
  return {
    result: missing === null ? unknownBecause(`${call.operator}: operand of the wrong type`) : knownAs(missing),
    operands,
  };
};

const missing: Operator = (call) => answerMissing(call, (values) => missingOf(keysOf(values), call.scope));

const missingSome: Operator = (call) =>
  answerMissing(call, ([needed, keys]) => {
    if (typeof needed !== "number" || !Array.isArray(keys)) return null;
    const absent = missingOf(keys, call.scope);
    return absent !== null && keys.length - absent.length >= needed ? [] : absent;
  });

export const DATA_ACCESS: Readonly<Record<string, Operator>> = { var: variable, missing, missing_some: missingSome };
