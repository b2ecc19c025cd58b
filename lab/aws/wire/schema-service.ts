import { randomUUID } from "node:crypto";
import { NormalizedSchema } from "@smithy/core/schema";
import type { AwsAnswer, AwsCall, AwsService, NeededRights } from "../contracts.ts";
import { bodyText } from "./body.ts";
import { AwsFault, faultAnswer, protocolOf } from "./fault.ts";
import { jsonOutput, readJsonInput } from "./json-shapes.ts";
import { readQueryInput } from "./query-input.ts";
import { InputMismatch } from "./read-input.ts";
import { xmlContent } from "./xml.ts";

/** What a service does for one action; the input has been checked against the SDK's own schema of it. */
export type Operation = (input: never, call: AwsCall) => object | Promise<object>;

interface ServiceBase {
  /** Signing name. */
  readonly service: string;
  /** The SDK client's exports; it carries the schemas of everything the real service can say. */
  readonly client: object;
  readonly needs: NeededRights;
  readonly operations: Readonly<Record<string, Operation>>;
}

export interface QueryService extends ServiceBase {
  readonly protocol: "query";
  /** API version, e.g. `2015-12-01`; a call of another one is refused. */
  readonly version: string;
  readonly xmlNamespace: string;
}

export interface JsonService extends ServiceBase {
  readonly protocol: "json";
  /** What stands before the dot of `x-amz-target`. */
  readonly target: string;
}

/**
 * Serves an AWS API over the schemas that its SDK client exports (lab.md 2.5): unknown actions, versions and members
 * are refused, required members enforced, answers checked. AWS's JSON services ignore unknown members; the lab does
 * not, because a member it ignored would be a behaviour the product believes in and nobody tested.
 */
export const schemaService = (of: QueryService | JsonService): AwsService => {
  const schemas = of.client as Readonly<Record<string, unknown>>;
  return {
    service: of.service,
    needs: of.needs,
    handle: async (call) => {
      try {
        return await (of.protocol === "query" ? answerQuery(of, schemas, call) : answerJson(of, schemas, call));
      } catch (error) {
        if (error instanceof InputMismatch) return refusal(schemas, call, mismatchFault(of.protocol, error));
        if (error instanceof AwsFault) return refusal(schemas, call, error);
        throw error;
      }
    },
  };
};

const answerQuery = async (of: QueryService, schemas: Schemas, call: AwsCall): Promise<AwsAnswer> => {
  const form = new URLSearchParams(bodyText(call));
  const action = form.get("Action") ?? "";
  if (form.get("Version") !== of.version)
    throw new AwsFault("NoSuchVersion", `${form.get("Version")} is not a version of this API.`);
  const { operation, input, output } = findOperation(of, schemas, action);
  const answer = await operation(readQueryInput(input, form) as never, call);
  const result = output.isStructSchema() ? `<${action}Result>${xmlContent(output, answer)}</${action}Result>` : "";
  const metadata = `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>`;
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<${action}Response xmlns="${of.xmlNamespace}">${result}${metadata}</${action}Response>`,
  };
};

const answerJson = async (of: JsonService, schemas: Schemas, call: AwsCall): Promise<AwsAnswer> => {
  const [target, action = ""] = (call.headers["x-amz-target"] ?? "").split(".");
  if (target !== of.target) throw new AwsFault("UnknownOperationException", `${target} is not ${of.target}.`);
  const { operation, input, output } = findOperation(of, schemas, action);
  const answer = await operation(readJsonInput(input, parseJson(bodyText(call))) as never, call);
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify(output.isStructSchema() ? jsonOutput(output, answer) : {}),
  };
};

type Schemas = Readonly<Record<string, unknown>>;

interface FoundOperation {
  readonly operation: Operation;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

const findOperation = (of: ServiceBase & { protocol: string }, schemas: Schemas, action: string): FoundOperation => {
  const schema = schemas[`${action}$`];
  const operation = Object.hasOwn(of.operations, action) ? of.operations[action] : undefined;
  // An operation's schema: [9, namespace, name, traits, () => input, () => output].
  if (!Array.isArray(schema) || schema[0] !== 9 || operation === undefined) {
    const why = schema === undefined ? "Could not find operation" : "The lab does not serve operation";
    throw new AwsFault(of.protocol === "query" ? "InvalidAction" : "UnknownOperationException", `${why} ${action}`);
  }
  return { operation, input: NormalizedSchema.of(schema[4]), output: NormalizedSchema.of(schema[5]) };
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsFault("SerializationException", "The body is not JSON.");
  }
};

const MISMATCH_CODES = {
  query: { unknown: "MalformedQueryString", missing: "ValidationError", malformed: "ValidationError" },
  json: {
    unknown: "SerializationException",
    missing: "MissingRequiredParameterException",
    malformed: "SerializationException",
  },
} as const;

const mismatchFault = (protocol: "query" | "json", mismatch: InputMismatch): AwsFault =>
  new AwsFault(MISMATCH_CODES[protocol][mismatch.kind], mismatch.message);

/** Finds the SDK's own schema of the error, so that it arrives as the real exception class with the real status. */
const refusal = (schemas: Schemas, call: AwsCall, fault: AwsFault): AwsAnswer => {
  const schema: unknown = schemas[`${fault.code}$`];
  const message = fault.message;
  if (!Array.isArray(schema))
    return faultAnswer(protocolOf(call), { type: fault.code, queryCode: fault.code, message, status: fault.status });
  const traits = NormalizedSchema.of(schema as never).getMergedTraits();
  const [queryCode = fault.code, status = fault.status] = (traits["awsQueryError"] ?? []) as [string?, number?];
  return faultAnswer(protocolOf(call), { type: `${String(schema[1])}#${fault.code}`, queryCode, message, status });
};
