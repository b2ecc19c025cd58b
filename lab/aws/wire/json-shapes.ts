import type { NormalizedSchema } from "@smithy/core/schema";
import { checkMembers, malformed, readInstant } from "./read-input.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a JSON value by its schema; null members count as not given, as they do at AWS. @throws {InputMismatch} */
export const readJsonInput = (schema: NormalizedSchema, value: unknown, at = ""): unknown => {
  const below = (name: string | number): string => (at === "" ? String(name) : `${at}.${name}`);
  if (schema.isStructSchema()) {
    if (!isRecord(value)) throw malformed(at, "an object");
    const given = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
    checkMembers(schema, given, at);
    const members = new Map(schema.structIterator());
    return Object.fromEntries(
      Object.entries(given).map(([name, member]) => {
        const memberSchema = members.get(name);
        return [name, memberSchema === undefined ? member : readJsonInput(memberSchema, member, below(name))];
      }),
    );
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw malformed(at, "a list");
    return value.map((item, index) => readJsonInput(schema.getValueSchema(), item, below(index)));
  }
  if (schema.isMapSchema()) {
    if (!isRecord(value)) throw malformed(at, "an object");
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, readJsonInput(schema.getValueSchema(), item, below(key))]),
    );
  }
  return readSimple(schema, value, at);
};

const readSimple = (schema: NormalizedSchema, value: unknown, at: string): unknown => {
  if (schema.isTimestampSchema()) {
    // Epoch seconds, whatever the API's own documents show (lab.md 2.5).
    if (typeof value !== "number") throw malformed(at, "a number of seconds");
    return readInstant(value, at);
  }
  if (schema.isNumericSchema()) {
    if (typeof value !== "number") throw malformed(at, "a number");
    return value;
  }
  if (schema.isBooleanSchema()) {
    if (typeof value !== "boolean") throw malformed(at, "true or false");
    return value;
  }
  if (schema.isBlobSchema()) {
    if (typeof value !== "string") throw malformed(at, "a base64 text");
    return Buffer.from(value, "base64");
  }
  if (schema.isStringSchema() && typeof value !== "string") throw malformed(at, "a text");
  return value;
};

/** Turns an answer into what JSON can carry. @throws {TypeError} a member the schema does not have: a bug of the lab. */
export const jsonOutput = (schema: NormalizedSchema, value: unknown): unknown => {
  if (schema.isStructSchema()) return jsonStructure(schema, value as Record<string, unknown>);
  if (schema.isListSchema()) return (value as unknown[]).map((item) => jsonOutput(schema.getValueSchema(), item));
  if (schema.isMapSchema())
    return Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([key, item]) => [
        key,
        jsonOutput(schema.getValueSchema(), item),
      ]),
    );
  if (value instanceof Date) return value.getTime() / 1_000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value;
};

const jsonStructure = (schema: NormalizedSchema, value: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const members = new Map(schema.structIterator());
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, jsonOutput(memberOf(members, name, schema), member)]),
  );
};

export const memberOf = (
  members: ReadonlyMap<string, NormalizedSchema>,
  name: string,
  of: NormalizedSchema,
): NormalizedSchema => {
  const member = members.get(name);
  if (member === undefined) throw new TypeError(`${of.getName() ?? "the output"} has no member ${name}`);
  return member;
};
