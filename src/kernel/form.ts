import { isInstant } from "./instant.ts";
import { isJsonObject, type JsonValue } from "./json.ts";

/** What of a stored value is not as it has to be, in words that begin with where it stands; null where all is. */
export type Form = (value: JsonValue | undefined, at: string) => string | null;

/** Whatever `holds` takes; `what` says of another value what it is not. */
export const that =
  (what: string, holds: (value: JsonValue) => boolean): Form =>
  (value, at) => {
    if (value === undefined) return `${at} is missing`;
    return holds(value) ? null : `${at} is not ${what}`;
  };

export const text: Form = that("a text", (value) => typeof value === "string");
export const flag: Form = that("true or false", (value) => typeof value === "boolean");
export const number: Form = that("a number", (value) => typeof value === "number" && Number.isFinite(value));
export const integer: Form = that("a whole number", Number.isSafeInteger);
export const count: Form = that("a count", (value) => Number.isSafeInteger(value) && Number(value) >= 0);
export const percent: Form = that(
  "a whole number from 0 to 100",
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100,
);
export const instant: Form = that("an instant", isInstant);
/** Whatever it is: somebody else looks at it. */
export const something: Form = that("there", () => true);
export const object: Form = that("an object", isJsonObject);

export const oneOf = (...words: readonly string[]): Form =>
  that(`one of ${words.join(", ")}`, (value) => typeof value === "string" && words.includes(value));

export const orNull =
  (form: Form): Form =>
  (value, at) =>
    value === null ? null : form(value, at);

export const optional =
  (form: Form): Form =>
  (value, at) =>
    value === undefined ? null : form(value, at);

const first = <Value>(
  all: readonly Value[],
  faultOf: (value: Value, index: number) => string | null,
): string | null => {
  for (const [index, value] of all.entries()) {
    const fault = faultOf(value, index);
    if (fault !== null) return fault;
  }
  return null;
};

export const listOf =
  (form: Form): Form =>
  (value, at) =>
    Array.isArray(value)
      ? first<JsonValue>(value, (each, index) => form(each, `${at}.${index}`))
      : that("a list", () => false)(value, at);

/** Any names, each with the same form. */
export const mapOf =
  (form: Form): Form =>
  (value, at) =>
    isJsonObject(value)
      ? first(Object.entries(value), ([name, each]) => form(each, `${at}.${name}`))
      : object(value, at);

/** Members by name. Others may be there: a newer release's. */
export const membersOf =
  (forms: Readonly<Record<string, Form>>): Form =>
  (value, at) =>
    isJsonObject(value)
      ? first(Object.entries(forms), ([name, form]) => form(value[name], at === "" ? name : `${at}.${name}`))
      : object(value, at);

/** The same members and no others: for what means something else where one of them is passed over. */
export const onlyMembersOf =
  (forms: Readonly<Record<string, Form>>): Form =>
  (value, at) => {
    const fault = membersOf(forms)(value, at);
    if (fault !== null || !isJsonObject(value)) return fault;
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(forms, name));
    return unknown === undefined
      ? null
      : `${at === "" ? unknown : `${at}.${unknown}`} is nothing that this release knows`;
  };
