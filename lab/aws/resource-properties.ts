import { Ajv, type ErrorObject, type SchemaObject } from "ajv";

/** Shapes that several resource types share. */
export const TEXT: SchemaObject = { type: "string", minLength: 1 };
export const TAGS: SchemaObject = {
  type: "array",
  items: {
    type: "object",
    required: ["Key", "Value"],
    additionalProperties: false,
    properties: { Key: TEXT, Value: { type: "string" } },
  },
};

/** An object that knows exactly these properties; anything else is refused by name. */
export const closed = (
  properties: Readonly<Record<string, SchemaObject>>,
  required: readonly string[] = [],
): SchemaObject => ({ type: "object", additionalProperties: false, properties, required: [...required] });

/** Numbers and booleans may arrive as text, as CloudFormation allows and parameters always do. */
const ajv = new Ajv({ coerceTypes: true, allowUnionTypes: true });

/**
 * Makes the reader of one resource type's properties. The stand-in must not accept what it would then ignore, so the
 * schema has to name every property it takes.
 * @returns a function that throws an `Error` naming type, logical id and property, or returns a coerced copy.
 */
export const propertiesReader = <Properties>(type: string, schema: SchemaObject) => {
  const validate = ajv.compile<Properties>(schema);
  return (logicalId: string, properties: Readonly<Record<string, unknown>>): Properties => {
    const copy: unknown = structuredClone(properties);
    if (validate(copy)) return copy;
    throw new Error(`${type} ${logicalId}: ${sentence(validate.errors?.[0])}`);
  };
};

const sentence = (error: ErrorObject | undefined): string => {
  const path = (error?.instancePath ?? "").slice(1).replaceAll("/", ".");
  const at = path === "" ? "" : `${path}.`;
  if (error?.keyword === "additionalProperties")
    return `the lab does not know the property ${at}${String(error.params["additionalProperty"])}`;
  if (error?.keyword === "required") return `the property ${at}${String(error.params["missingProperty"])} is missing`;
  const allowed: unknown = error?.params["allowedValues"];
  return `${path} ${error?.message ?? "is not valid"}${Array.isArray(allowed) ? `: ${allowed.join(", ")}` : ""}`;
};
