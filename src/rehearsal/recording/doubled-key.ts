import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import { scanJson } from "../../policy/checks/json-scan.ts";

/**
 * What is wrong with a line in which a key stands twice, of which JSON.parse has kept the last; null where none does.
 *
 * To look at every character would take a quarter of the time that reading takes. So colons are counted first: one
 * follows each key, and all others stand in texts. Where the line has no more of them than what was kept of it, nothing
 * was lost. An escape may hide a colon.
 */
export const doubledKey = (text: string, line: JsonObject): string | null =>
  colonsIn(text) === colonsKept(line, LEVELS) && !text.includes("\\")
    ? null
    : (scanJson(text, Number.POSITIVE_INFINITY)?.message ?? null);

/** As deep as a minute goes. What lies deeper is not counted, so that a line with more in it is looked at. */
const LEVELS = 2;

const colonsIn = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf(":"); at !== -1; at = text.indexOf(":", at + 1)) count += 1;
  return count;
};

const colonsKept = (kept: JsonObject, levels: number): number => {
  let count = 0;
  for (const key in kept) {
    const value = kept[key];
    count += 1 + colonsIn(key);
    if (typeof value === "string") count += colonsIn(value);
    else if (levels > 1 && isJsonObject(value)) count += colonsKept(value, levels - 1);
  }
  return count;
};
