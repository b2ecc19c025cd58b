import type { JsonValue } from "../../kernel/json.ts";
import { pointerPart } from "../logic/scope.ts";

/** What is wrong with a number that JSON allows and JSON.parse takes for infinite, such as 1e999. */
export const BEYOND_DOUBLE = `the number is too large for a double, which holds at most ${Number.MAX_VALUE.toPrecision(2)}`;

/**
 * JSON pointer to the first number that a double cannot hold; null where there is none. Parsed JSON that is nested no
 * deeper than is safe to recurse into.
 */
export const firstBeyondDouble = (value: JsonValue): string | null => {
  if (typeof value === "number") return Number.isFinite(value) ? null : "";
  if (typeof value !== "object" || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    const inside = firstBeyondDouble(part);
    if (inside !== null) return `/${pointerPart(key)}${inside}`;
  }
  return null;
};
