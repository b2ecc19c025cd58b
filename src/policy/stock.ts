import jsonLogic from "json-logic-js";
import type { JsonValue } from "../kernel/json.ts";
import { truthy } from "./logic/judged.ts";
import type { Judged } from "./verdict.ts";

type StockAnswer = { readonly value: unknown } | { readonly threw: string };

/** The second key. Whatever it throws is an answer too, and not the one that promotes. */
const askStock = (residual: JsonValue, data: unknown): StockAnswer => {
  try {
    return { value: jsonLogic.apply(residual, data) };
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * Whether stock json-logic-js comes to the same as our walker, where the walker is definite. `true` needs exactly
 * `true`; of anything else the truth has to be the same.
 *
 * @returns null where they agree, else what each said: a bug in one of them.
 */
export const disagreementWithStock = (ours: Judged, residual: JsonValue, data: unknown): string | null => {
  if (ours.kind === "unknown") return null;
  const stock = askStock(residual, data);
  if ("threw" in stock) return `our judge says ${JSON.stringify(ours.value)}, json-logic-js throws: ${stock.threw}`;
  const agree =
    ours.value === true ? stock.value === true : truthy(ours.value) === truthy((stock.value ?? null) as JsonValue);
  if (agree) return null;
  return `our judge says ${JSON.stringify(ours.value)}, json-logic-js says ${JSON.stringify(stock.value) ?? "nothing"}`;
};
