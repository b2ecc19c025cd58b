import { canonicalJson, type JsonObject, type JsonValue } from "../../kernel/json.ts";
import { parseDuration } from "../../kernel/units.ts";
import { signalAt } from "../../signals/catalogue.ts";
import { referencesIn } from "../checks/expressions.ts";
import { describe } from "../logic/describe.ts";
import { literalArguments } from "../lower.ts";
import { isSignalKind, type Literal } from "../operations/operation.ts";
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

const isObject = (part: JsonValue): part is JsonObject =>
  typeof part === "object" && part !== null && !Array.isArray(part);

/** Where an opened rule reads a quantity. The key may hold dots; a path may not. */
export const placeOf = (key: string): string => `q.${key.replaceAll(".", "·")}`;

/** Parameters have been substituted, and the linter has accepted the rule. */
export const openRule = (rule: Rule): Opened => {
  const found = new Map<string, Quantity>();
  let opaque = false;
  const rowSignals = referencesIn(rule, STANDARD_OPERATIONS).flatMap(({ path, as }) => (as === "minute" ? [path] : []));
  const open = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(open);
    if (!isObject(part)) return part;
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
  return Object.hasOwn(STANDARD_OPERATIONS, name) ? operationQuantity(name, args, rowSignals) : null;
};

const UNBOUNDED = { least: null, most: null, whole: false, values: [] };

/** A signal as it is now, or in a minute. */
export const signalQuantity = (path: string): Quantity => {
  const signal = signalAt(path);
  const shared = { key: `var ${path}`, operation: "var", args: [path], paths: [path], says: path };
  if (signal === null) return { ...shared, ...UNBOUNDED, type: "number" };
  return {
    ...shared,
    type: signal.type,
    least: signal.range?.least ?? null,
    most: signal.range?.most ?? null,
    whole: signal.unit === "count",
    values: signal.values ?? [],
  };
};

const operationQuantity = (name: string, args: readonly Literal[], rowSignals: readonly string[]): Quantity => {
  const operation = STANDARD_OPERATIONS[name];
  const form = operation?.forms.find((each) => each.length === args.length) ?? [];
  const paths = form.flatMap((kind, index) => (isSignalKind(kind) ? [String(args[index])] : []));
  const shared = {
    key: canonicalJson([name, ...args]),
    ...{ operation: name, args, ...UNBOUNDED, says: operation?.describe(args) ?? name },
  };
  switch (name) {
    case "window":
      return { ...shared, key: canonicalJson([shared.key, ...rowSignals]), type: "rows", paths: rowSignals };
    case "known":
      return { ...shared, type: "boolean", paths };
    case "coverage":
      return { ...shared, type: "number", paths, least: 0, most: 1 };
    case "stat":
      return { ...shared, type: "number", paths, ...statRange(paths[0] ?? "", String(args[1])) };
    default:
      return { ...shared, type: "number", paths, least: 0 };
  }
};

const WHOLE_STATISTICS = new Set(["max", "min", "p95", "sum", "last"]);

const statRange = (path: string, statistic: string) => {
  const signal = signalAt(path);
  if (statistic === "slope") return {};
  return {
    least: signal?.range?.least ?? null,
    most: statistic === "sum" ? null : (signal?.range?.most ?? null),
    whole: signal?.unit === "count" && WHOLE_STATISTICS.has(statistic),
  };
};

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
