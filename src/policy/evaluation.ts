import type { JsonObject, JsonValue } from "../kernel/json.ts";
import { unknownBecause } from "./logic/judged.ts";
import type { StockAnswer } from "./stock.ts";
import type { Comparison, Judged, TraceEntry } from "./verdict.ts";

/** Everything about one evaluation that a decision record keeps, so that anyone can do it again. */
export interface Evaluation<Data extends JsonValue = JsonObject> {
  /** After the second key: `known` only where both keys agree. */
  readonly result: Judged;
  /** What our walker and json-logic-js said where they differ; null where they agree. */
  readonly disagreement: string | null;
  /** What json-logic-js said; null where it was not asked. */
  readonly stock: StockAnswer | null;
  /** The rule with its operations computed: plain JSON-logic over `data`. */
  readonly residual: JsonValue;
  readonly data: Data;
  readonly trace: readonly TraceEntry[];
  readonly comparisons: readonly Comparison[];
}

/** What is left of an evaluation that could not take place. */
export const unevaluated = (reason: string): Evaluation => ({
  result: unknownBecause(reason),
  disagreement: null,
  stock: null,
  residual: null,
  data: {},
  trace: [],
  comparisons: [],
});
