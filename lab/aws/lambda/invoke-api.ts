import type { AwsAnswer, AwsCall, AwsService } from "../contracts.ts";
import { AwsFault } from "../wire/fault.ts";
import { functionArn, type LambdaFunction } from "./lambda-function.ts";

const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?Qualifier=(?:%24|\$)LATEST)?$/;
const KNOWN_TYPES = ["Event", "RequestResponse", "DryRun"];

/** The API `lambda`, of which the lab serves Invoke alone. */
export const invokeApi = (find: (nameOrArn: string) => LambdaFunction | undefined): AwsService => ({
  service: "lambda",
  needs: (call) => {
    const name = INVOKE_PATH.exec(call.path)?.[1];
    if (call.method !== "POST" || name === undefined) return null;
    const nameOrArn = decodeURIComponent(name);
    return [
      { action: "lambda:InvokeFunction", resource: functionArn(nameOrArn.slice(nameOrArn.lastIndexOf(":") + 1)) },
    ];
  },
  handle: async (call) => {
    const name = INVOKE_PATH.exec(call.path)?.[1];
    if (call.method !== "POST" || name === undefined)
      throw new AwsFault("UnknownOperationException", `the lab does not serve ${call.method} ${call.path}`, 404);
    const target = find(decodeURIComponent(name));
    if (target === undefined)
      throw new AwsFault("ResourceNotFoundException", `Function not found: ${decodeURIComponent(name)}`, 404);
    const payload = jsonPayload(call.body);
    const type = call.headers["x-amz-invocation-type"] ?? "RequestResponse";
    refuseUnknownHeaders(call, type);
    if (type === "DryRun") return answer(204, "", {});
    if (type === "Event") return answer(202, "", { "x-amzn-requestid": target.accept(payload) });
    return synchronously(target, payload);
  },
});

const synchronously = async (target: LambdaFunction, payload: string): Promise<AwsAnswer> => {
  const attempt = await target.invoke(payload);
  if (attempt.kind === "throttled") throw new AwsFault("TooManyRequestsException", "Rate Exceeded.", 429);
  if (attempt.kind === "answered") return answer(200, attempt.payload, {});
  return answer(200, JSON.stringify(attempt.error), { "x-amz-function-error": "Unhandled" });
};

const answer = (status: number, body: string, headers: Readonly<Record<string, string>>): AwsAnswer => ({
  status,
  headers: { "content-type": "application/json", "x-amz-executed-version": "$LATEST", ...headers },
  body,
});

const jsonPayload = (body: Buffer): string => {
  const text = body.length === 0 ? "{}" : body.toString("utf8");
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw new AwsFault("InvalidRequestContentException", "Could not parse request body into json");
  }
};

const refuseUnknownHeaders = (call: AwsCall, type: string): void => {
  if (!KNOWN_TYPES.includes(type))
    throw new AwsFault("InvalidParameterValueException", `${type} is not an invocation type`);
  for (const header of ["x-amz-log-type", "x-amz-client-context", "x-amz-durable-execution-name"])
    if (call.headers[header] !== undefined && call.headers[header] !== "None")
      throw new AwsFault("InvalidParameterValueException", `the lab does not serve the header ${header}`);
};
