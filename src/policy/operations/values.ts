import type { JsonObject } from "../../kernel/json.ts";
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
 * The values both keys look at: own properties, plain values, finite numbers. What is left out here is missing to the
 * walker and to stock json-logic-js alike, and no prototype is in reach of either.
 */
export const readableValues = (readings: Readings): JsonObject => {
  const groups: [string, JsonObject][] = [];
  for (const [group, members] of Object.entries(readings.values)) {
    if (typeof members !== "object" || members === null) continue;
    groups.push([group, bare(Object.entries(members).filter(([, value]) => isReadable(value)))]);
  }
  return bare(groups);
};

const bare = (entries: readonly (readonly [string, JsonObject[string]])[]): JsonObject => {
  const object: Record<string, JsonObject[string]> = Object.create(null);
  for (const [key, value] of entries) object[key] = value;
  return object;
};
