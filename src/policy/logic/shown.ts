import type { JsonValue } from "../../kernel/json.ts";
import { bulkOf } from "./bulk.ts";
import { Unknown, type Value } from "./judged.ts";

/** What is larger is named in traces and comparisons, and not written out: a record would be all list. */
const LARGEST = 10_000;

/** As written into traces and comparisons, where null stands for unknown: a null literal cannot occur in a policy. */
export const shown = (value: Value): JsonValue => {
  if (typeof value !== "object") return value;
  if (value instanceof Unknown) return null;
  if (bulkOf(value) <= LARGEST) return value;
  return Array.isArray(value) ? `(a list of ${value.length}, too large to show)` : "(an object too large to show)";
};
