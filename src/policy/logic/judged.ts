import type { JsonValue } from "../../kernel/json.ts";
import type { Judged } from "../verdict.ts";

/** More reasons than this say nothing new to a reader, and a hostile rule could produce any number. */
const MOST_REASONS = 20;

/** Not known, and why. It is no JSON value, so that a known value needs no wrapping while a rule is evaluated. */
export class Unknown {
  readonly kind = "unknown";
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    this.reasons = reasons;
  }
}

/** What an expression comes to. */
export type Value = JsonValue | Unknown;

const TRUE: Judged = { kind: "known", value: true };
const FALSE: Judged = { kind: "known", value: false };

export const knownAs = (value: JsonValue): Judged => {
  if (typeof value === "boolean") return value ? TRUE : FALSE;
  return { kind: "known", value };
};
export const unknownBecause = (...reasons: readonly string[]): Unknown => new Unknown(reasons);

export const judgedOf = (value: Value): Judged => (value instanceof Unknown ? value : knownAs(value));

/** JSON-logic's truth: everything JavaScript calls truthy, except that an empty list is false. */
export const truthy = (value: JsonValue): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/** One unknown that carries the reasons of all of these that are unknown. */
export const unknownFrom = (parts: readonly Value[]): Unknown => {
  const unknowns = parts.filter((part) => part instanceof Unknown);
  const [first, second] = unknowns;
  if (first !== undefined && second === undefined) return first;
  const reasons = unknowns.flatMap((part) => part.reasons);
  return new Unknown([...new Set(reasons)].slice(0, MOST_REASONS));
};

/** Whether all of these are known. */
export const areKnown = (parts: readonly Value[]): parts is readonly JsonValue[] => {
  for (const part of parts) if (part instanceof Unknown) return false;
  return true;
};

/** Raw data as a value: missing, null, NaN, infinite and anything that is not JSON are unknown. */
export const valueFrom = (raw: unknown, reason: () => string): Value => {
  if (typeof raw === "number") return Number.isFinite(raw) ? raw : unknownBecause(`${reason()} (not finite)`);
  if (typeof raw === "string" || typeof raw === "boolean") return raw;
  return typeof raw === "object" && raw !== null ? (raw as JsonValue) : unknownBecause(reason());
};

export const judgedFromData = (raw: unknown, reason: string): Judged => judgedOf(valueFrom(raw, () => reason));
