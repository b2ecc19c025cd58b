import { fromIso } from "../kernel/instant.ts";
import { PawlError } from "../kernel/pawl-error.ts";
import type { EpochMs } from "../kernel/units.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Reads members of an untrusted event; whoever finds one wrong names it. @throws {PawlError} event-malformed. */
export const eventReader = (expected: string) => {
  const refuse = (fault: string): never => {
    throw new PawlError("event-malformed", { expected, fault });
  };
  const object = (value: unknown, name: string): Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : refuse(`${name} is not an object`);
  const text = (value: unknown, name: string): string =>
    typeof value === "string" && value !== "" ? value : refuse(`${name} is not a text`);
  const instant = (value: unknown, name: string): EpochMs =>
    fromIso(text(value, name)) ?? refuse(`${name} is not an instant`);
  const count = (value: unknown, name: string): number =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(`${name} is not a count`);
  const list = (value: unknown, name: string): readonly unknown[] =>
    Array.isArray(value) ? value : refuse(`${name} is not a list`);
  const json = (value: unknown, name: string): Fields => {
    try {
      return object(JSON.parse(text(value, name)), name);
    } catch (error) {
      return error instanceof PawlError ? refuse(`${name} is not an object`) : refuse(`${name} is not JSON`);
    }
  };
  return { refuse, object, text, instant, count, list, json };
};

export type EventReader = ReturnType<typeof eventReader>;
