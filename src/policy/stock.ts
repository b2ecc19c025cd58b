import jsonLogic from "json-logic-js";
import type { JsonValue } from "../kernel/json.ts";
import { isSameValue } from "./logic/bulk.ts";
import { truthy, unknownBecause } from "./logic/judged.ts";
import { boundedApply, partsOf } from "./stock-bounded.ts";
import type { Judged } from "./verdict.ts";

/** What the second key says. Whatever it throws is an answer too, and not the one that promotes. */
export type StockAnswer =
  | { readonly value: unknown }
  | { readonly threw: string }
  /** It was not run to its end: what it would cost or execute is out of bounds. */
  | { readonly skipped: string };

/** A rule made ready for json-logic-js. */
export interface StockPlan {
  readonly residual: JsonValue;
  /** Every list and object of it: what else is evaluated comes from the data. */
  readonly parts: ReadonlySet<object>;
  /** Nothing in it can cost more than the rule is long. */
  readonly harmless: boolean;
}

/** Operators that evaluate a part more than once, make something large, evaluate data, or write. */
const COSTLY = new Set([
  "map",
  "filter",
  "reduce",
  "all",
  "some",
  "none",
  "merge",
  "cat",
  "missing",
  "missing_some",
  "log",
]);

export const stockPlan = (residual: JsonValue): StockPlan => {
  const parts = partsOf(residual);
  const costly = (part: object): boolean => !Array.isArray(part) && Object.keys(part).some((key) => COSTLY.has(key));
  return { residual, parts, harmless: ![...parts].some(costly) };
};

/** The second key's answer. `bounded`: also where the data, and not only the rule, may be hostile. */
export const askStock = ({ residual, parts, harmless }: StockPlan, data: unknown, how?: "bounded"): StockAnswer => {
  try {
    if (harmless && how === undefined) return { value: jsonLogic.apply(residual, data) };
    return boundedApply(jsonLogic, { rule: residual, parts }, data);
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * What is left of our walker's answer after stock json-logic-js was asked. Both have to come to the same, and
 * where ours is false to what stock finds false. That one says true and the other false, or throws, is a bug in one of them; that
 * stock was stopped, or returned an operand before the one that decided for us, is none.
 */
export const secondKey = (
  ours: Judged,
  stock: StockAnswer | null,
): { readonly result: Judged; readonly disagreement: string | null } => {
  if (ours.kind === "unknown") return { result: ours, disagreement: null };
  if (stock === null) return { result: unknownBecause("json-logic-js was not asked"), disagreement: null };
  if ("skipped" in stock) {
    return { result: unknownBecause(`json-logic-js was stopped: ${stock.skipped}`), disagreement: null };
  }
  if ("value" in stock && truthy(ours.value) === truthy((stock.value ?? null) as JsonValue)) {
    // Behind an unknown operand an `and` may be false here and null there: a false needs no more than the truth.
    if (ours.value === false || isSameValue(ours.value, stock.value)) return { result: ours, disagreement: null };
    const theirs = `json-logic-js comes to ${brief(stock.value)}, and not to ${brief(ours.value)}`;
    return { result: unknownBecause(theirs), disagreement: null };
  }
  const theirs = "threw" in stock ? `throws: ${stock.threw}` : `says ${brief(stock.value)}`;
  const disagreement = `our judge says ${brief(ours.value)}, json-logic-js ${theirs}`;
  return { result: unknownBecause(`the two keys disagree: ${disagreement}`), disagreement };
};

/** Never writes out a list or an object: the two may be of any size. */
const brief = (value: unknown): string => {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value ?? "nothing");
};
