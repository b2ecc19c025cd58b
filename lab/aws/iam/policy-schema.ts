import type { SchemaObject } from "ajv";
import { closed } from "../resource-properties.ts";

const oneOrMore = (item: SchemaObject): SchemaObject => ({
  anyOf: [item, { type: "array", minItems: 1, items: item }],
});

const ONE_OR_MORE = oneOrMore({ type: "string", minLength: 1 });
/** All six parts: a shorter one matches nothing, and AWS takes it or not as it pleases. */
const RESOURCE = oneOrMore({ type: "string", pattern: "^(\\*|arn(:[^:]*){4}:.+)$" });
const ACTION = oneOrMore({ type: "string", pattern: "^(\\*|[a-zA-Z0-9]+:[a-zA-Z*?]+)$" });

const statement = (properties: Readonly<Record<string, SchemaObject>>, required: readonly string[]): SchemaObject =>
  closed(
    {
      Sid: { type: "string" },
      Effect: { enum: ["Allow", "Deny"] },
      Action: ACTION,
      // Operators and keys are looked at by `checkConditions`, which can name them.
      Condition: { type: "object", additionalProperties: { type: "object", additionalProperties: ONE_OR_MORE } },
      ...properties,
    },
    ["Effect", "Action", ...required],
  );

const document = (of: SchemaObject): SchemaObject =>
  closed({ Version: { enum: ["2012-10-17"] }, Id: { type: "string" }, Statement: { type: "array", items: of } }, [
    "Version",
    "Statement",
  ]);

const PRINCIPAL: SchemaObject = {
  anyOf: [{ const: "*" }, closed({ Service: ONE_OR_MORE, AWS: ONE_OR_MORE })],
};

/** What a role may do: statements about resources. */
export const IDENTITY_POLICY = document(statement({ Resource: RESOURCE }, ["Resource"]));
/** Who may use a queue or a topic: statements about principals, on that resource. */
export const RESOURCE_POLICY = document(statement({ Resource: RESOURCE, Principal: PRINCIPAL }, ["Principal"]));
/** Who may become a role. */
export const TRUST_POLICY = document(statement({ Principal: PRINCIPAL }, ["Principal"]));
