import { canonicalJson, isJsonObject, type JsonValue } from "../../kernel/json.ts";
import { parseDuration } from "../../kernel/units.ts";
import { referencesIn } from "../checks/expressions.ts";
import { type Measure, measureOfOperation, measureOfSignal } from "../checks/meaning/measure.ts";
import { describe } from "../logic/describe.ts";
import { literalArguments } from "../lower.ts";
import type { Literal } from "../operations/operation.ts";
import { STANDARD_OPERATIONS } from "../operations/standard.ts";
import { OPERATOR_FORMS } from "../operator-forms.ts";
import type { Rule } from "../policy-file.ts";

/** Something a rule looks at: a signal as it is now, what an operation comes to, or the minutes of a window. */
export interface Quantity {
  /** The same for the same thing, wherever it stands. */
  readonly key: string;
  /** The operation, or "var". */
  readonly operation: string;
  readonly args: readonly Literal[];
  readonly type: "number" | "text" | "boolean" | "rows";
  /** Signals; where one of them is silent there is no value. */
  readonly paths: readonly string[];
  readonly least: number | null;
  readonly most: number | null;
  readonly whole: boolean;
  /** Of text. */
  readonly values: readonly string[];
  /** As an operator would say it. */
  readonly says: string;
}

/** A rule with a `var` in the place of everything it looks at. */
export interface Opened {
  readonly rule: JsonValue;
  readonly quantities: readonly Quantity[];
  /** It asks for names of data themselves, which points do not have. */
  readonly opaque: boolean;
  readonly says: string;
}

/** Where an opened rule reads a quantity. The key may hold dots; a path may not. */
export const placeOf = (key: string): string => `q.${key.replaceAll(".", "·")}`;

/** Parameters have been substituted, and the linter has accepted the rule. */
export const openRule = (rule: Rule): Opened => {
  const found = new Map<string, Quantity>();
  let opaque = false;
  const rowSignals = referencesIn(rule, STANDARD_OPERATIONS).flatMap(({ path, as }) => (as === "minute" ? [path] : []));
  const open = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(open);
    if (!isJsonObject(part)) return part;
    const [name = "", written = null] = Object.entries(part)[0] ?? [];
    const quantity = quantityOf(name, literalArguments(written), rowSignals);
    if (quantity !== null) {
      found.set(placeOf(quantity.key), quantity);
      return { var: placeOf(quantity.key) };
    }
    const form = OPERATOR_FORMS.get(name);
    opaque ||= form?.names === true;
    // Inside a quantifier `var` reads the element.
    if (form?.quantifies && Array.isArray(written)) return { [name]: [open(written[0] ?? null), ...written.slice(1)] };
    return { [name]: open(written) };
  };
  const opened = open(rule);
  const says = describe(opened, (path) => found.get(path)?.says ?? path);
  return { rule: opened, quantities: [...found.values()], opaque, says };
};

const quantityOf = (name: string, args: readonly Literal[], rowSignals: readonly string[]): Quantity | null => {
  if (name === "var") return signalQuantity(String(args[0]));
  const operation = Object.hasOwn(STANDARD_OPERATIONS, name) ? STANDARD_OPERATIONS[name] : undefined;
  if (operation === undefined) return null;
  const said = { operation: name, args, says: operation.describe(args) };
  if (name === "window")
    return {
      ...said,
      ...ANY_NUMBER,
      key: canonicalJson([name, ...args, ...rowSignals]),
      type: "rows",
      paths: rowSignals,
    };
  const measure = measureOfOperation(name, args);
  const whole = measure?.unit === "count" && WHOLE_STATISTICS.has(String(args[1]));
  return { ...said, ...measured(measure), key: canonicalJson([name, ...args]), whole };
};

/** A signal as it is now, or in a minute. */
export const signalQuantity = (path: string): Quantity => {
  const measure = measureOfSignal(path);
  const said = { key: `var ${path}`, operation: "var", args: [path], says: path };
  return { ...said, ...measured(measure), paths: [path], whole: measure?.unit === "count" };
};

const ANY_NUMBER = { type: "number", least: null, most: null, whole: false, values: [], paths: [] } as const;

const measured = (measure: Measure | null): Pick<Quantity, "type" | "least" | "most" | "values" | "paths"> =>
  measure === null ? ANY_NUMBER : { ...measure, values: measure.values ?? [] };

const WHOLE_STATISTICS = new Set(["max", "min", "p95", "sum", "last"]);

const lengthOf = (window: Literal | undefined): number => parseDuration(String(window));

/** Whether the first is sure to be at most the second, whatever the evidence. Both have values. */
export const isAtMost = (one: Quantity, other: Quantity): boolean => {
  if (one.operation === "stat" && other.operation === "stat") return statIsAtMost(one, other);
  const [a, b] = [one.args, other.args];
  const same = (...indexes: readonly number[]): boolean => indexes.every((index) => a[index] === b[index]);
  const pair = `${one.operation} ${other.operation}`;
  switch (pair) {
    case "evidence_below evidence_below":
      return same(0, 1, 3) && Number(a[2]) < Number(b[2]);
    case "evidence_above evidence_above":
      return same(0, 1, 3) && Number(a[2]) > Number(b[2]);
    case "rate_upper rate_upper":
      return same(0, 1, 2) && Number(a[3]) < Number(b[3]);
    case "rate_lower rate_lower":
      return same(0, 1, 2) && Number(a[3]) > Number(b[3]);
    case "rate rate_upper":
      return same(0, 1, 2) && Number(b[3]) >= 0.5;
    case "rate_lower rate":
      return same(0, 1, 2) && Number(a[3]) >= 0.5;
    default:
      return false;
  }
};

const statIsAtMost = ({ args: a, least }: Quantity, { args: b }: Quantity): boolean => {
  const [one, other] = [String(a[1]), String(b[1])];
  if (a[0] !== b[0] || a.join() === b.join() || one === "slope" || other === "slope") return false;
  const [span, otherSpan] = [lengthOf(a[2]), lengthOf(b[2])];
  if (one === "sum" || other === "sum") return one === other && span < otherSpan && least !== null && least >= 0;
  if (other === "max") return span <= otherSpan;
  if (one === "min") return otherSpan <= span;
  return span === otherSpan && one === "p50" && other === "p95";
};

export const areRelated = (one: Quantity, other: Quantity): boolean =>
  one.key === other.key ||
  isAtMost(one, other) ||
  isAtMost(other, one) ||
  (one.type === "rows" && other.type === "rows" && one.paths.some((path) => other.paths.includes(path)));
