import type { NormalizedSchema } from "@smithy/core/schema";
import { checkMembers, malformed, readInstant, readNumber } from "./read-input.ts";

/** A form's dotted keys as a tree: `Actions.member.1.Type=forward`. */
interface Node {
  text?: string;
  readonly children: Map<string, Node>;
}

/** Reads the parameters of a query-protocol call by the operation's input schema. @throws {InputMismatch} */
export const readQueryInput = (schema: NormalizedSchema, form: URLSearchParams): Record<string, unknown> => {
  const root: Node = { children: new Map() };
  for (const [key, text] of form) {
    if (key === "Action" || key === "Version") continue;
    let node = root;
    for (const part of key.split(".")) node = descend(node, part);
    if (node.text !== undefined) throw malformed(key, "given once");
    node.text = text;
  }
  return readStructure(schema, root, "");
};

const descend = (node: Node, part: string): Node => {
  const child = node.children.get(part) ?? { children: new Map<string, Node>() };
  node.children.set(part, child);
  return child;
};

const readStructure = (schema: NormalizedSchema, node: Node, at: string): Record<string, unknown> => {
  const members: Record<string, unknown> = {};
  const schemas = new Map(schema.structIterator());
  for (const [name, child] of node.children) {
    const member = schemas.get(name);
    members[name] = member === undefined ? null : read(member, child, at === "" ? name : `${at}.${name}`);
  }
  checkMembers(schema, members, at);
  return members;
};

const read = (schema: NormalizedSchema, node: Node, at: string): unknown => {
  if (schema.isStructSchema()) return readStructure(schema, node, at);
  if (schema.isListSchema()) return readList(schema, node, at);
  if (schema.isMapSchema()) return readMap(schema, node, at);
  if (node.children.size > 0 || node.text === undefined) throw malformed(at, "a single value");
  if (schema.isNumericSchema()) return readNumber(node.text, at);
  if (schema.isTimestampSchema()) return readInstant(node.text, at);
  if (schema.isBlobSchema()) return Buffer.from(node.text, "base64");
  if (!schema.isBooleanSchema()) return node.text;
  if (node.text !== "true" && node.text !== "false") throw malformed(at, "true or false");
  return node.text === "true";
};

/** An empty list travels as `Conditions=` and counts as not given (aws.md 1, ModifyRule). */
const readList = (schema: NormalizedSchema, node: Node, at: string): unknown[] | undefined =>
  entriesOf(node, "member", at)?.map((item, index) => read(schema.getValueSchema(), item, `${at}.member.${index + 1}`));

const readMap = (schema: NormalizedSchema, node: Node, at: string): Record<string, unknown> | undefined => {
  const entries = entriesOf(node, "entry", at);
  if (entries === undefined) return undefined;
  const [keyName, valueName] = [wireName(schema.getKeySchema(), "key"), wireName(schema.getValueSchema(), "value")];
  return Object.fromEntries(
    entries.map((entry, index) => {
      const key = entry.children.get(keyName)?.text;
      const value = entry.children.get(valueName);
      const path = `${at}.entry.${index + 1}`;
      if (key === undefined || value === undefined || entry.children.size !== 2)
        throw malformed(path, "a key and a value");
      return [key, read(schema.getValueSchema(), value, path)];
    }),
  );
};

/** Some maps call their halves otherwise: `MessageAttributes.entry.1.Name`. */
const wireName = (schema: NormalizedSchema, usual: string): string => {
  const own: unknown = schema.getMergedTraits().xmlName;
  return typeof own === "string" ? own : usual;
};

/** The numbered children below `member` or `entry`, 1 to n without a gap. */
const entriesOf = (node: Node, wrapper: string, at: string): Node[] | undefined => {
  if (node.text === "" && node.children.size === 0) return undefined;
  const wrapped = node.children.get(wrapper);
  if (wrapped === undefined || node.children.size !== 1 || node.text !== undefined) throw malformed(at, "a list");
  return Array.from({ length: wrapped.children.size }, (_, index) => {
    const item = wrapped.children.get(String(index + 1));
    if (item === undefined) throw malformed(at, `numbered from 1 to ${wrapped.children.size}`);
    return item;
  });
};
