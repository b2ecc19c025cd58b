import type { SchemaObject } from "ajv";
import { closed } from "../resource-properties.ts";

const ONE_OR_MORE: SchemaObject = {
  anyOf: [
    { type: "string", minLength: 1 },
    { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
  ],
};

const CONDITION_OPERATORS = [
  "StringEquals",
  "StringLike",
  "ArnEquals",
  "ArnLike",
  "ForAllValues:StringEquals",
  "ForAllValues:StringLike",
];

const statement = (properties: Readonly<Record<string, SchemaObject>>, required: readonly string[]): SchemaObject =>
  closed(
    {
      Sid: { type: "string" },
      Effect: { enum: ["Allow", "Deny"] },
      Action: ONE_OR_MORE,
      Condition: closed(
        Object.fromEntries(
          CONDITION_OPERATORS.map((operator) => [operator, { type: "object", additionalProperties: ONE_OR_MORE }]),
        ),
      ),
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
export const IDENTITY_POLICY = document(statement({ Resource: ONE_OR_MORE }, ["Resource"]));
/** Who may use a queue or a topic: statements about principals, on that resource. */
export const RESOURCE_POLICY = document(statement({ Resource: ONE_OR_MORE, Principal: PRINCIPAL }, ["Principal"]));
/** Who may become a role. */
export const TRUST_POLICY = document(statement({ Principal: PRINCIPAL }, ["Principal"]));
