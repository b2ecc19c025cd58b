import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";

const KNOWN = ["Type", "Default", "Description", "NoEcho", "AllowedValues"];
const TYPES = ["String", "Number", "CommaDelimitedList"];

/**
 * The values of a template's parameters, as `Ref` answers them: text, or a list of texts.
 * @throws a value for a parameter that is not declared, none for one without a default, one that is not allowed. The
 * messages name parameters and never show values, which may be passwords.
 */
export const parameterValues = (
  declared: Readonly<Record<string, JsonObject>>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, JsonValue>> => {
  const stray = Object.keys(given).find((name) => !Object.hasOwn(declared, name));
  if (stray !== undefined) throw new Error(`the template has no parameter ${stray}`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => [name, valueFor(name, declaration, given[name])]),
  );
};

const valueFor = (name: string, declaration: JsonObject, given: string | undefined): JsonValue => {
  const unknown = Object.keys(declaration).find((member) => !KNOWN.includes(member));
  if (unknown !== undefined) throw new Error(`the lab does not know ${unknown} of the parameter ${name}`);
  const type = String(declaration["Type"]);
  if (!TYPES.includes(type)) throw new Error(`the lab does not know the type ${type} of the parameter ${name}`);
  const text = given ?? declaration["Default"];
  if (text === undefined) throw new Error(`the parameter ${name} has no value`);
  const allowed = declaration["AllowedValues"];
  if (Array.isArray(allowed) && !allowed.map(String).includes(String(text)))
    throw new Error(`the value of the parameter ${name} is not one of ${allowed.join(", ")}`);
  return type === "CommaDelimitedList"
    ? String(text)
        .split(",")
        .map((each) => each.trim())
    : String(text);
};
