import type { NormalizedSchema } from "@smithy/core/schema";

/** Input that does not fit its schema. `member` is the path as a caller would write it: `Actions.member.1.Type`. */
export class InputMismatch extends Error {
  override readonly name = "InputMismatch";
  readonly kind: "unknown" | "missing" | "malformed";
  readonly member: string;

  constructor(kind: InputMismatch["kind"], member: string, message: string) {
    super(message);
    this.kind = kind;
    this.member = member;
  }
}

/** The members that a structure's schema requires: the schemas list them first and carry their number. */
export const requiredMembers = (schema: NormalizedSchema): readonly string[] => {
  const raw: unknown = schema.getSchema();
  if (!Array.isArray(raw)) return [];
  const names: unknown = raw[4];
  const required: unknown = raw[6];
  return Array.isArray(names) && typeof required === "number" ? (names.slice(0, required) as string[]) : [];
};

export const checkMembers = (schema: NormalizedSchema, given: Readonly<Record<string, unknown>>, at: string): void => {
  const known = new Set([...schema.structIterator()].map(([name]) => name));
  const path = (name: string): string => (at === "" ? name : `${at}.${name}`);
  for (const name of Object.keys(given))
    if (!known.has(name)) throw new InputMismatch("unknown", path(name), `${path(name)} is not a known parameter`);
  for (const name of requiredMembers(schema))
    if (given[name] === undefined)
      throw new InputMismatch("missing", path(name), `The parameter ${path(name)} is required.`);
};

export const malformed = (at: string, expected: string): InputMismatch =>
  new InputMismatch("malformed", at, `${at} is not ${expected}`);

/** Numbers and instants are written alike in both protocols. */
export const readNumber = (text: string, at: string): number => {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw malformed(at, "a number");
  return value;
};

export const readInstant = (value: string | number, at: string): Date => {
  const date = typeof value === "number" ? new Date(value * 1_000) : new Date(value);
  if (Number.isNaN(date.getTime())) throw malformed(at, "an instant");
  return date;
};
