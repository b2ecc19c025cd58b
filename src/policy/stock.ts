import jsonLogic from "json-logic-js";
import type { JsonValue } from "../kernel/json.ts";
import { truthy, unknownBecause } from "./logic/judged.ts";
import { boundedApply } from "./stock-bounded.ts";
import type { Judged } from "./verdict.ts";

/** What the second key says. Whatever it throws is an answer too, and not the one that promotes. */
export type StockAnswer =
  | { readonly value: unknown }
  | { readonly threw: string }
  /** It was not run to its end: what it would cost or execute is out of bounds. */
  | { readonly skipped: string };

export const askStock = (residual: unknown, data: unknown): StockAnswer => {
  try {
    return boundedApply(jsonLogic, residual, data);
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * What is left of our walker's answer after stock json-logic-js was asked. `true` needs exactly `true`; of anything
 * else the truth has to be the same. A disagreement is a bug in one of them; to have been stopped is none.
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
  if ("value" in stock && agree(ours.value, stock.value)) return { result: ours, disagreement: null };
  const theirs = "threw" in stock ? `throws: ${stock.threw}` : `says ${brief(stock.value)}`;
  const disagreement = `our judge says ${brief(ours.value)}, json-logic-js ${theirs}`;
  return { result: unknownBecause(`the two keys disagree: ${disagreement}`), disagreement };
};

const agree = (ours: JsonValue, stock: unknown): boolean =>
  ours === true ? stock === true : truthy(ours) === truthy((stock ?? null) as JsonValue);

/** Never writes out a list or an object: the two may be of any size. */
const brief = (value: unknown): string => {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value ?? "nothing");
};
