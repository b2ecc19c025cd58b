import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { JsonObject, JsonValue } from "../../kernel/json.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";

export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * An item as the JSON that it was made of. A table holds more than JSON has (sets, bytes, numbers of 38 digits): pawl
 * writes none of it, and what would take part of it for something else could not tell what it was given.
 * @returns in words what it holds that pawl never wrote: "detail.who is a set of texts".
 */
export const jsonOfItem = (attributes: Attributes): Result<JsonObject, string> => {
  const strange: string[] = [];
  const value = membersOf(attributes, "", strange);
  return strange[0] === undefined ? ok(value) : fail(strange[0]);
};

// From entries, so that a member named __proto__ stays one.
const membersOf = (members: Attributes, at: string, strange: string[]): JsonObject =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, jsonOf(member, `${at}${shown(name)}`, strange)]),
  );

const shown = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));

const jsonOf = (attribute: AttributeValue, at: string, strange: string[]): JsonValue => {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return numberOf(attribute.N, at, strange);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.NULL !== undefined) return null;
  if (attribute.L !== undefined) return attribute.L.map((each, index) => jsonOf(each, `${at}.${index}`, strange));
  if (attribute.M !== undefined) return membersOf(attribute.M, `${at}.`, strange);
  strange.push(`${at} is ${namedType(attribute)}`);
  return null;
};

const namedType = ({ SS, NS, BS, B }: AttributeValue): string => {
  if (SS !== undefined) return "a set of texts";
  if (NS !== undefined) return "a set of numbers";
  if (BS !== undefined) return "a set of bytes";
  return B === undefined ? "of a type that JSON does not have" : "bytes";
};

/** A number of more digits than ours have would be rounded to one that was never stored. */
const numberOf = (text: string, at: string, strange: string[]): number => {
  const number = Number(text);
  if (plainDigits(String(number)) !== plainDigits(text))
    strange.push(`${at} is a number of more digits than pawl writes, ${text}`);
  return number;
};

/** One text for one number, however it is written: "-0.120" and "-12e-2" are both "-12e-2". */
const plainDigits = (text: string): string => {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return /\d/.test(text) ? "0" : text;
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === "-" ? "-" : ""}${significant}e${power}`;
};
