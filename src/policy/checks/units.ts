import type { JsonValue } from "../../kernel/json.ts";
import type { SignalDefinition } from "../../signals/catalogue.ts";
import { wordOf } from "../logic/describe.ts";
import { isComparison } from "../logic/relations.ts";
import { literalArguments } from "../lower.ts";
import type { Operations } from "../operations/operation.ts";
import type { Rule } from "../policy-file.ts";
import { type Expression, expressionsOf, signalIn } from "./expressions.ts";
import { type Measure, measureOfOperation, measureOfSignal } from "./meaning/measure.ts";
import { type Finding, finding } from "./problem.ts";

type Unit = SignalDefinition["unit"] | "minutes";
type Params = Readonly<Record<string, number>>;

const ADDING = new Set(["+", "-", "min", "max"]);

/** Like compared with like (a parameter's name tells its unit), and thresholds within what they are compared with. */
export const unitFindings = (written: Rule, params: Params, operations: Operations): readonly Finding[] =>
  expressionsOf(written).flatMap((expression) => {
    if (!isComparison(expression.operator) && !ADDING.has(expression.operator)) return [];
    const mixed = mixedUnits(expression, operations);
    if (mixed.length > 0 || !isComparison(expression.operator)) return mixed;
    return rangeFindings(expression, params, operations);
  });

const mixedUnits = ({ operator, operands, at }: Expression, operations: Operations): readonly Finding[] => {
  const units = [...new Set(operands.flatMap((operand) => unitOf(operand, operations) ?? []))];
  const [one, other] = units;
  if (one === undefined || other === undefined) return [];
  const what = isComparison(operator) ? "are compared" : "are mixed";
  return [finding("mixed-units", at, `${one} and ${other} ${what} here; convert one, or correct the name`)];
};

/** null where it has none, or one that nobody can tell. */
const unitOf = (part: unknown, operations: Operations): Unit | null => {
  const [expression] = expressionsOf(part);
  if (expression === undefined) return null;
  const { operator, operands } = expression;
  const [first] = operands;
  if (operator === "var" && typeof first === "string" && first.startsWith("params.")) return unitByName(first);
  if (ADDING.has(operator)) {
    const units = new Set(operands.flatMap((operand) => unitOf(operand, operations) ?? []));
    return units.size === 1 ? ([...units][0] ?? null) : null;
  }
  if (operator === "*" || operator === "/") return unitOfProduct(expression, operations);
  const unit = measureOf(part, operations)?.unit ?? null;
  return unit === "state" || unit === "yes-no" ? null : unit;
};

const SUFFIXES: readonly (readonly [RegExp, Unit])[] = [
  [/(Ms|Millis|Milliseconds)$/, "milliseconds"],
  [/(Seconds|Secs?)$/, "seconds"],
  [/Minutes$/, "minutes"],
  [/Percent$/, "percent"],
  [/(Ratio|Share|Rate)$/, "ratio"],
  [/Bytes$/, "bytes"],
  [/(Records|Requests|Errors|Hosts|Rows|Count)$/, "count"],
];

const unitByName = (path: string): Unit | null => SUFFIXES.find(([suffix]) => suffix.test(path))?.[1] ?? null;

/** "A fifth more" keeps a unit; a factor of 60, 100 or 1000 is a conversion, and then nobody can tell. */
const unitOfProduct = ({ operator, operands }: Expression, operations: Operations): Unit | null => {
  const units = operands.flatMap((operand) => unitOf(operand, operations) ?? []);
  const factors = operands.filter((operand) => typeof operand === "number");
  const [unit, other] = units;
  if (operator === "/" && units.length === 2) return unit === other ? "ratio" : null;
  // "So many for each second" is no number of seconds.
  if (operator === "/" && typeof operands[0] === "number") return null;
  const converts = factors.some((factor) => factor < 0.05 || factor > 20);
  return units.length === 1 && units.length + factors.length === operands.length && !converts ? (unit ?? null) : null;
};

const measureOf = (part: unknown, operations: Operations): Measure | null => {
  const [expression] = expressionsOf(part);
  if (expression === undefined) return null;
  const { operator, operands } = expression;
  if (operator === "var") return measureOfSignal(signalIn(wordOf(operands[0])));
  if (!Object.hasOwn(operations, operator)) return null;
  return measureOfOperation(operator, literalArguments(operands as readonly JsonValue[] as JsonValue));
};

const rangeFindings = ({ operands, at }: Expression, params: Params, operations: Operations): readonly Finding[] => {
  const measures = operands.flatMap((operand) => measureOf(operand, operations) ?? []);
  const thresholds = operands.flatMap((operand) => numberIn(operand, params) ?? []);
  const [measure] = measures;
  return measure === undefined || measure.type !== "number"
    ? []
    : thresholds.flatMap((threshold) => thresholdFindings(measure, threshold, at));
};

const numberIn = (operand: unknown, params: Params): number | null => {
  if (typeof operand === "number") return operand;
  const [expression] = expressionsOf(operand);
  const path = expression?.operator === "var" ? wordOf(expression.operands[0]) : "";
  const name = path.startsWith("params.") ? path.slice("params.".length) : "";
  return Object.hasOwn(params, name) ? (params[name] ?? null) : null;
};

/** Seconds, by whether few or many of them are bad: no lag is healthy for as long, and nobody asks for more room. */
const LONG_SECONDS = { few: 366 * 86_400, many: 1_000 } as const;

const thresholdFindings = (measure: Measure, threshold: number, at: string): readonly Finding[] => {
  const { unit, least, most } = measure;
  if ((least === null || threshold >= least) && (most === null || threshold <= most))
    return scaleFindings(measure, threshold, at);
  const range = `${least ?? "anything"} to ${most ?? "anything"}`;
  const hint = unit === "ratio" && threshold > 0 && threshold <= 100 ? ` Did you mean ${threshold / 100}?` : "";
  return [finding("out-of-range", at, `${threshold} is never reached: the values run from ${range}.${hint}`)];
};

/** Thresholds that can be reached, and look as if they had been written in another unit. */
const scaleFindings = ({ unit, worse }: Measure, threshold: number, at: string): readonly Finding[] => {
  if (threshold <= 0) return [];
  if (unit === "percent" && (threshold < 1 || (threshold === 1 && worse === "down")))
    return [finding("mixed-units", at, `${threshold} is hardly a percent; percentages run from 0 to 100`)];
  if (unit === "milliseconds" && threshold < 1)
    return [finding("mixed-units", at, `${threshold} is less than a millisecond; are these seconds?`)];
  if (unit !== "seconds" || threshold < LONG_SECONDS[worse === "down" ? "few" : "many"]) return [];
  const said = worse === "down" ? `${Math.round(threshold / 86_400)} days` : `${Math.round(threshold / 60)} minutes`;
  return [finding("implausible-threshold", at, `${threshold} seconds are ${said}; are these milliseconds?`)];
};
