import type { JsonValue } from "../../kernel/json.ts";
import type { Judged } from "../verdict.ts";

/** More reasons than this say nothing new to a reader, and a hostile rule could produce any number. */
const MOST_REASONS = 20;

export const knownAs = (value: JsonValue): Judged => ({ kind: "known", value });
export const unknownBecause = (...reasons: readonly string[]): Judged => ({ kind: "unknown", reasons });

/** JSON-logic's truth: everything JavaScript calls truthy, except that an empty list is false. */
export const truthy = (value: JsonValue): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/** One unknown that carries the reasons of all of these that are unknown. */
export const unknownFrom = (parts: readonly Judged[]): Judged => {
  const reasons = parts.flatMap((part) => (part.kind === "unknown" ? part.reasons : []));
  return { kind: "unknown", reasons: [...new Set(reasons)].slice(0, MOST_REASONS) };
};

/** The values, or null as soon as one is unknown. */
export const valuesOf = (parts: readonly Judged[]): readonly JsonValue[] | null => {
  const values: JsonValue[] = [];
  for (const part of parts) {
    if (part.kind === "unknown") return null;
    values.push(part.value);
  }
  return values;
};

/** Raw data as a value: missing, null, NaN, infinite and anything that is not JSON are unknown. */
export const judgedFromData = (raw: unknown, reason: string): Judged => {
  if (typeof raw === "number") return Number.isFinite(raw) ? knownAs(raw) : unknownBecause(`${reason} (not finite)`);
  if (typeof raw === "string" || typeof raw === "boolean") return knownAs(raw);
  if (typeof raw === "object" && raw !== null) return knownAs(raw as JsonValue);
  return unknownBecause(reason);
};

/** As written into traces, where null stands for unknown: a null literal cannot occur in a rule. */
export const shown = (judged: Judged): JsonValue => (judged.kind === "known" ? judged.value : null);
