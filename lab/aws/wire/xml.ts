import type { NormalizedSchema } from "@smithy/core/schema";
import { memberOf } from "./json-shapes.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

export const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** Writes the content of an answer's element. @throws {TypeError} a member the schema does not have: a bug of the lab. */
export const xmlContent = (schema: NormalizedSchema, value: unknown): string => {
  if (schema.isStructSchema()) {
    const members = new Map(schema.structIterator());
    return Object.entries(value as Record<string, unknown>)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => element(name, xmlContent(memberOf(members, name, schema), member)))
      .join("");
  }
  if (schema.isListSchema())
    return (value as unknown[]).map((item) => element("member", xmlContent(schema.getValueSchema(), item))).join("");
  if (schema.isMapSchema())
    return Object.entries(value as Record<string, unknown>)
      .map(([key, item]) =>
        element("entry", element("key", escapeXml(key)) + element("value", xmlContent(schema.getValueSchema(), item))),
      )
      .join("");
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return escapeXml(String(value));
};
