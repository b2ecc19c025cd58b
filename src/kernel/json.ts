import { oncePerText } from "./memo.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * One text for one value: keys in code-unit order, no white space, `undefined` members left out.
 * Digests are taken over this text, so that a value read back from any store has the digest it was stored under.
 * @throws {RangeError} NaN or Infinity, which JSON would silently turn into null; a Set, a Map or bytes, which it
 * would not write as what they hold.
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      if (!Number.isFinite(value)) throw new RangeError(`${value} has no JSON form`);
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return list(value);
      if (!(Symbol.iterator in value)) return members(value as Readonly<Record<string, unknown>>);
      throw new RangeError(`a ${Object.prototype.toString.call(value).slice(8, -1)} has no JSON form`);
    default:
      throw new RangeError(`a ${typeof value} has no JSON form`);
  }
};

// Every tick writes a few hundred thousand characters of this: built up by hand it takes half the time.
const list = (values: readonly unknown[]): string => {
  let text = "";
  for (const value of values) text += `${text === "" ? "[" : ","}${canonicalJson(value)}`;
  return text === "" ? "[]" : `${text}]`;
};

const members = (value: Readonly<Record<string, unknown>>): string => {
  let text = "";
  for (const key of keysInOrder(value)) {
    const member = value[key];
    if (member !== undefined) text += `${text === "" ? "{" : ","}${quotedKey(key)}:${canonicalJson(member)}`;
  }
  return text === "" ? "{}" : `${text}}`;
};

/** Most objects have few keys, and these in order; to see that costs less than to sort them. */
const keysInOrder = (value: object): readonly string[] => {
  const keys = Object.keys(value);
  for (let index = 1; index < keys.length; index += 1)
    if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort();
  return keys;
};

/** What JSON writes as an escape; a text without it stands between quotes as it is. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

const quoted = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`);

/** Keys are few, and written again in every record. */
const quotedKey = oncePerText(quoted);
