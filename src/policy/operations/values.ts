import type { JsonObject, JsonValue } from "../../kernel/json.ts";
import type { Readings } from "../../snapshot/snapshot.ts";
import { ownAt } from "../logic/data-access.ts";

const isReadable = (value: unknown): value is string | number | boolean =>
  typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));

/** A signal's value; undefined where there is none that can be judged. */
export const currentValue = (readings: Readings, path: string): string | number | boolean | undefined => {
  const value = ownAt(readings.values, path);
  return isReadable(value) ? value : undefined;
};

/**
 * The values both keys look at: own properties, JSON, finite numbers. What is left out here is missing to the walker
 * and to stock json-logic-js alike, and no prototype is in reach of either.
 */
export const readableValues = (readings: Readings): JsonObject => {
  const before = readable.get(readings);
  if (before !== undefined) return before;
  const values = bare(readings.values);
  readable.set(readings, values);
  return values;
};

/** Every rule of a policy reads the same evidence, and nobody changes it. */
const readable = new WeakMap<Readings, JsonObject>();

/**
 * Nothing to inherit that a path could name; an object that inherits from this is read faster than one without any
 * prototype. Stock compares objects by their text, and would throw at one that has none.
 */
const BARE: object = Object.freeze(Object.create(null, { [Symbol.toPrimitive]: { value: () => "[object Object]" } }));

type Members = Readonly<Record<string, unknown>>;

/** Evidence holds groups of signals; whoever brings data of their own has bounded its depth. */
const bare = (members: object): JsonObject => {
  const object: Record<string, JsonValue> = Object.create(BARE);
  for (const key in members) {
    const read = Object.hasOwn(members, key) ? plainValue((members as Members)[key]) : undefined;
    if (read !== undefined) object[key] = read;
  }
  return object;
};

const plainValue = (value: unknown): JsonValue | undefined => {
  if (value === null || isReadable(value)) return value;
  if (Array.isArray(value)) return value.map((part) => plainValue(part) ?? null);
  return typeof value === "object" ? bare(value) : undefined;
};
