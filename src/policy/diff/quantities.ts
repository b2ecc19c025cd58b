import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import { ARITHMETIC, referencesIn, uses } from "../checks/expressions.ts";
import { type Measure, measureOfOperation, measureOfSignal } from "../checks/meaning/measure.ts";
import { describe } from "../logic/describe.ts";
import { literalArguments } from "../lower.ts";
import { argumentProblem } from "../operations/arguments.ts";
import type { Literal } from "../operations/operation.ts";
import { STANDARD_OPERATIONS } from "../operations/standard.ts";
import { OPERATOR_FORMS } from "../operator-forms.ts";
import type { Rule } from "../policy-file.ts";
import { timesOf } from "./times-of.ts";

/** Something a rule looks at: a signal as it is now, what an operation comes to, or the minutes of a window. */
export interface Quantity {
  /** The same for the same thing, wherever it stands. */
  readonly key: string;
  /** The operation, or "var". */
  readonly operation: string;
  /** Windows in milliseconds: "60m" and "1h" are the same one. */
  readonly args: readonly Literal[];
  readonly type: "number" | "text" | "boolean" | "rows";
  /** Signals; where one of them is silent there is no value. */
  readonly paths: readonly string[];
  readonly least: number | null;
  readonly most: number | null;
  readonly whole: boolean;
  /** The window that has to be filled, after every step and every gap, for it to be known; 0 where it has none. */
  readonly windowMs: number;
  /** So many times another quantity, by its key. */
  readonly times?: { readonly of: string; readonly factor: number };
  /** Of text. */
  readonly values: readonly string[];
  /** As an operator would say it. */
  readonly says: string;
}

/** A rule with a `var` in the place of everything it looks at. */
export interface Opened {
  readonly rule: JsonValue;
  readonly quantities: readonly Quantity[];
  /** It asks for names of data themselves, or reckons with single minutes: points do not stand for these. */
  readonly opaque: boolean;
  /** What it asks of all or some of a list, each as it is written. */
  readonly quantified: readonly string[];
  readonly says: string;
}

/** What these come to is one quantity: points of its operands would not lie around the limits that it is held against. */
const RECKONING: ReadonlySet<string> = new Set([...ARITHMETIC, "reduce"]);

/** Whether it is the outcome of arithmetic, which is taken for a value of its own, whatever it is made of. */
export const isReckoned = ({ operation }: Pick<Quantity, "operation">): boolean => RECKONING.has(operation);

/** Where an opened rule reads a quantity. The key may hold dots; a path may not. */
export const placeOf = (key: string): string => `q.${key.replaceAll(".", "·")}`;

/** Parameters have been substituted, and the linter has accepted the rule. */
export const openRule = (rule: Rule): Opened => {
  const found = new Map<string, Quantity>();
  const quantified: string[] = [];
  let opaque = false;
  const rowSignals = rowSignalsOf(rule);
  const put = (quantity: Quantity): JsonValue => {
    found.set(placeOf(quantity.key), quantity);
    return { var: placeOf(quantity.key) };
  };
  const open = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(open);
    if (!isJsonObject(part)) return part;
    const [name = "", written = null] = Object.entries(part)[0] ?? [];
    const quantity = quantityOf(name, literalArguments(written), rowSignals) ?? reckoned(name, part);
    if (quantity !== null) return put(quantity);
    const form = OPERATOR_FORMS.get(name);
    opaque ||= form?.names === true;
    if (!form?.quantifies || !Array.isArray(written)) return { [name]: open(written) };
    // Inside a quantifier `var` reads the element.
    quantified.push(canonicalJson(part));
    opaque ||= uses(written.slice(1), RECKONING);
    return { [name]: [open(written[0] ?? null), ...written.slice(1)] };
  };
  const opened = open(rule);
  const says = describe(opened, (path) => found.get(path)?.says ?? path);
  return { rule: opened, quantities: [...found.values()], opaque, quantified, says };
};

const rowSignalsOf = (rule: JsonValue): readonly string[] =>
  referencesIn(rule, STANDARD_OPERATIONS).flatMap(({ path, as }) => (as === "minute" ? [path] : []));

/** Arithmetic over something that is looked at; null where it is none, or has literals alone. */
const reckoned = (name: string, part: JsonObject): Quantity | null => {
  if (!RECKONING.has(name)) return null;
  const operands: readonly JsonValue[] = [part[name] ?? null].flat();
  // The body of a reduction reads its element, and nothing that is looked at.
  const [body, looked] = name === "reduce" ? [operands.slice(1), operands.slice(0, 1)] : [[], operands];
  const inside = looked.map(openRule);
  const quantities = inside.flatMap((each) => each.quantities);
  if (quantities.length === 0) return null;
  const opened = { [name]: [...inside.map(({ rule }) => rule), ...body] };
  return {
    ...{ ...ANY_NUMBER, operation: name, args: [], key: canonicalJson(opened) },
    windowMs: Math.max(...quantities.map(({ windowMs }) => windowMs)),
    paths: [...new Set([...quantities.flatMap(({ paths }) => paths), ...rowSignalsOf(part)])],
    says: describe(opened, (path) => nameIn(quantities, path)),
    ...(name === "*" ? scaled(operands, inside) : {}),
  };
};

/** Whether a part is one quantity and nothing beside. */
const isAlone = ({ rule, quantities: [only] }: Opened): boolean =>
  only !== undefined && isJsonObject(rule) && rule["var"] === placeOf(only.key);

/** What is reckoned with an operator between its operands stands in parentheses among others: the text keeps its order. */
const INFIX = new Set(["+", "-", "*", "/", "%"]);

const nameIn = (quantities: readonly Quantity[], path: string): string => {
  const of = quantities.find(({ key }) => placeOf(key) === path);
  if (of === undefined) return path;
  return INFIX.has(of.operation) ? `(${of.says})` : of.says;
};

/** A literal times one quantity, in either order, keeps the order of factors where the quantity is never below 0. */
const scaled = (operands: readonly JsonValue[], inside: readonly Opened[]): Partial<Quantity> => {
  const factor = operands.find((each) => typeof each === "number");
  const of = inside.find(isAlone)?.quantities[0];
  if (operands.length !== 2 || factor === undefined || of === undefined) return {};
  if (factor < 0 || (of.least ?? -1) < 0 || RECKONING.has(of.operation)) return {};
  return { key: canonicalJson(["*", factor, of.key]), least: 0, times: { of: of.key, factor } };
};

const quantityOf = (name: string, written: readonly Literal[], rowSignals: readonly string[]): Quantity | null => {
  if (name === "var") return signalQuantity(String(written[0]));
  const operation = Object.hasOwn(STANDARD_OPERATIONS, name) ? STANDARD_OPERATIONS[name] : undefined;
  // The policy in force may be another release's, which knew more operations than these, and more windows.
  if (operation === undefined || argumentProblem(name, operation.forms, written) !== null) return null;
  const { args, windowMs } = timesOf(operation, written);
  // What is covered is known from the first minute on.
  const said = {
    operation: name,
    args,
    says: operation.describe(written),
    windowMs: name === "coverage" ? 0 : windowMs,
  };
  if (name === "window")
    return {
      ...said,
      ...ANY_NUMBER,
      key: canonicalJson([name, ...args, ...rowSignals]),
      type: "rows",
      paths: rowSignals,
    };
  const measure = measureOfOperation(name, written);
  const whole = measure?.unit === "count" && WHOLE_STATISTICS.has(String(args[1]));
  return { ...said, ...measured(measure), key: canonicalJson([name, ...args]), whole };
};

/** A signal as it is now, or in a minute. */
export const signalQuantity = (path: string): Quantity => {
  const measure = measureOfSignal(path);
  const said = { key: `var ${path}`, operation: "var", args: [path], says: path, windowMs: 0 };
  return { ...said, ...measured(measure), paths: [path], whole: measure?.unit === "count" };
};

const ANY_NUMBER = { type: "number", least: null, most: null, whole: false, values: [], paths: [] } as const;

const measured = (measure: Measure | null): Pick<Quantity, "type" | "least" | "most" | "values" | "paths"> =>
  measure === null ? ANY_NUMBER : { ...measure, values: measure.values ?? [] };

const WHOLE_STATISTICS = new Set(["max", "min", "p95", "sum", "last"]);
