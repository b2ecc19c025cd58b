import { isJsonObject, type JsonValue } from "../../../kernel/json.ts";
import { MINUTE_MS, parseDuration } from "../../../kernel/units.ts";
import { literalArguments } from "../../lower.ts";
import type { Literal, Operations } from "../../operations/operation.ts";
import { OPERATOR_FORMS } from "../../operator-forms.ts";
import { ARITHMETIC, signalIn, uses } from "../expressions.ts";
import { isBeyondPoints, reckonsBetween } from "./beyond-points.ts";
import { type Measure, measureOfOperation, measureOfSignal } from "./measure.ts";

/** Something an expression depends on, free to have any value of its measure. */
export interface Variable {
  /** The same for the same thing wherever a policy reads it. */
  readonly key: string;
  /** As an operator would say it. */
  readonly name: string;
  readonly measure: Measure;
  /** What computes it, where that is an operation. */
  readonly operation?: { readonly name: string; readonly args: readonly Literal[] };
  /** Where its value stands in the data that the expression is evaluated over. */
  readonly place: readonly string[];
  /** It tells whether a signal has a value now: at `goneAt` that signal has none for whoever reads it. */
  readonly sightOf?: { readonly path: string; readonly goneAt: boolean };
}

/** An expression as plain JSON-logic over variables, so that it can be evaluated at any point. */
export interface OpenExpression {
  readonly logic: JsonValue;
  readonly variables: readonly Variable[];
  /** Literals it holds: thresholds, and whatever else a value may be compared with. */
  readonly literals: readonly (string | number)[];
  readonly windows: readonly string[];
  /** How many equal rows stand for each window; one, unless they are added up. */
  readonly rows: number;
  /** Points may lie between those that stand for all, or minutes differ, and come to what none of these does. */
  readonly beyondPoints: boolean;
  /** It compares by size what is reckoned of several values. */
  readonly reckonsBetween: boolean;
}

interface Opening {
  readonly operations: Operations;
  readonly found: Map<string, Variable>;
  readonly literals: (string | number)[];
  readonly windows: Set<string>;
  rows: number;
  understood: boolean;
}

/**
 * Replaces what an expression reads by variables: signals, operations, the minutes of windows (all of them alike). null
 * where it reads something that is not understood; then nothing is said of it.
 */
export const openExpression = (rule: JsonValue, operations: Operations): OpenExpression | null => {
  const opening: Opening = {
    operations,
    found: new Map(),
    literals: [],
    windows: new Set(),
    rows: 1,
    understood: true,
  };
  const logic = open(rule, null, opening);
  const { literals, rows, found, windows, understood } = opening;
  if (!understood) return null;
  const met = uses(rule, ARITHMETIC) ? [...literals, ...reckonedWith(literals)] : literals;
  const variables = [...found.values()];
  const between = { beyondPoints: isBeyondPoints(rule), reckonsBetween: reckonsBetween(rule) };
  return { logic, variables, literals: [...new Set(met)], windows: [...windows], rows, ...between };
};

/** More of them would be more points than anybody looks at. */
const MOST_RECKONED = 4;

/** Where arithmetic stands between a value and its limits, it turns at what these come to together: of `1 / x < 5` at 0.2. */
const reckonedWith = (literals: readonly (string | number)[]): readonly number[] => {
  const numbers = [...new Set(literals)].filter((each): each is number => typeof each === "number");
  if (numbers.length > MOST_RECKONED) return [];
  return numbers
    .flatMap((one) => numbers.flatMap((other) => [one * other, one / other, one + other, one - other]))
    .filter(Number.isFinite);
};

/** `window`: inside a quantifier over its minutes; "" inside one over any other list; null outside of all. */
const open = (rule: JsonValue, window: string | null, opening: Opening): JsonValue => {
  if (Array.isArray(rule)) return rule.map((part) => open(part, window, opening));
  if (!isJsonObject(rule)) {
    if (typeof rule === "number" || typeof rule === "string") opening.literals.push(rule);
    return rule;
  }
  const [[operator, written] = ["", null]] = Object.entries(rule);
  const operands: readonly JsonValue[] = Array.isArray(written) ? written : [written ?? null];
  if (operator === "var") return openVariable(String(operands[0]), window, opening);
  if (operator === "missing" || operator === "missing_some")
    return openMissing({ operator, operands, window }, opening);
  if (operator === "window") return openWindow(String(operands[0]), opening);
  if (Object.hasOwn(opening.operations, operator)) return openOperation(operator, written ?? null, opening);
  if (OPERATOR_FORMS.get(operator)?.quantifies !== true)
    return { [operator]: operands.map((part) => open(part, window, opening)) };
  const [list = null, ...bodies] = operands;
  return {
    [operator]: [
      open(list, window, opening),
      ...bodies.map((body, index) => open(body, index === 0 ? windowOf(list, operator, opening) : window, opening)),
    ],
  };
};

/** The window whose minutes a quantifier's body sees. What is added up needs all of them. */
const windowOf = (list: JsonValue, operator: string, opening: Opening): string => {
  const [[source, written] = ["", null]] = isJsonObject(list) ? Object.entries(list) : [];
  const [first = null] = Array.isArray(written) ? written : [written ?? null];
  if (source === "filter") return windowOf(first, operator, opening);
  if (source !== "window") return "";
  if (operator === "reduce" || operator === "map")
    opening.rows = Math.min(60, Math.round(parseDuration(String(first)) / MINUTE_MS));
  return String(first);
};

const openVariable = (path: string, window: string | null, opening: Opening): JsonValue => {
  if (window === null)
    return read({ key: path, name: path, place: ["now", ...path.split(".")] }, measureOfSignal(path), opening);
  const name = signalIn(path);
  const measure = measureOfSignal(name);
  // The element itself, the accumulator, and whatever is no minute's: they come from what is understood already.
  if (window !== "" && measure !== null)
    read({ key: `${name} over ${window}`, name, place: ["windows", window, ...name.split(".")] }, measure, opening);
  return { var: path };
};

const read = (what: Omit<Variable, "measure">, measure: Measure | null, opening: Opening): JsonValue => {
  if (measure === null) opening.understood = false;
  else opening.found.set(what.key, { ...what, measure });
  return { var: what.place.join(".") };
};

const openWindow = (window: string, { windows }: Opening): JsonValue => {
  windows.add(window);
  return { var: `windows.${window}` };
};

const openOperation = (name: string, written: JsonValue, opening: Opening): JsonValue => {
  const args = literalArguments(written);
  const measure = measureOfOperation(name, args);
  const key = `${name} ${args.join(" ")}`;
  const described = opening.operations[name]?.describe(args) ?? name;
  const sight = name === "known" ? { sightOf: { path: String(args[0]), goneAt: false } } : {};
  return read({ key, name: described, operation: { name, args }, place: factAt(key), ...sight }, measure, opening);
};

const factAt = (key: string): readonly string[] => ["facts", key.replaceAll(".", ":")];

interface Missing {
  readonly operator: string;
  readonly operands: readonly JsonValue[];
  readonly window: string | null;
}

/** Whether values are there is one more thing that may be so or not: now, or in the minutes of a window. */
const openMissing = ({ operator, operands, window }: Missing, opening: Opening): JsonValue => {
  const keys = operands.flat().filter((each): each is string => typeof each === "string");
  const paths = window === null ? keys : keys.map(signalIn);
  // Of what a list holds that is no window, and of what a sum carries along, nobody knows what is there.
  if (window !== null && (window === "" || paths.some((path) => measureOfSignal(path) === null)))
    opening.understood = false;
  // How many of them are needed makes it another question.
  const question = `${operator} ${operands.flat().join(" ")}`;
  const fact = factAt(question);
  const over = window === null ? "" : ` over ${window}`;
  const place = window === null ? fact : ["windows", window, ...fact];
  const bounds = { least: null, most: null } as const;
  const measure: Measure = { type: "boolean", unit: "yes-no", ...bounds, worse: "true", quality: true, paths };
  const [path] = paths;
  // Of several keys nobody can tell which one is missing.
  const sight = path !== undefined && paths.length === 1 ? { sightOf: { path: `${path}${over}`, goneAt: true } } : {};
  read({ key: `${question}${over}`, name: `${paths.join(", ")} missing`, place, ...sight }, measure, opening);
  const seen = keys.every((key) => key.startsWith("current.")) ? ["current", ...fact] : fact;
  return { if: [{ var: seen.join(".") }, keys, []] };
};
