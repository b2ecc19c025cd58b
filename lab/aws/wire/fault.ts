import { randomUUID } from "node:crypto";
import type { AwsAnswer, AwsCall } from "../contracts.ts";
import { escapeXml } from "./xml.ts";

/** The three ways in which AWS services of the lab speak; each carries its errors differently. */
export type Protocol = "query" | "json" | "rest";

/**
 * A refusal in AWS's own terms. Thrown by a service's operation, turned into the protocol's error by whoever answers.
 * `code` is the name of the SDK's exception class where there is one (`RuleNotFoundException`), else the wire's code.
 */
export class AwsFault extends Error {
  override readonly name = "AwsFault";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const protocolOf = (call: Pick<AwsCall, "headers">): Protocol => {
  if (call.headers["x-amz-target"] !== undefined) return "json";
  return (call.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded") ? "query" : "rest";
};

/**
 * Writes a refusal as the SDKs expect it: XML for the query protocol, `__type` for JSON, a header for REST.
 * @param of.type the shape's name, with its namespace where known: `com.amazonaws.cloudwatch#ResourceNotFound`.
 * @param of.queryCode what the query protocol calls it, which is often shorter: `RuleNotFound`.
 */
export const faultAnswer = (
  protocol: Protocol,
  of: { readonly type: string; readonly queryCode: string; readonly message: string; readonly status: number },
): AwsAnswer => {
  const blame = of.status >= 500 ? "Receiver" : "Sender";
  if (protocol === "query") {
    const error = `<Type>${blame}</Type><Code>${escapeXml(of.queryCode)}</Code><Message>${escapeXml(of.message)}</Message>`;
    return {
      status: of.status,
      headers: { "content-type": "text/xml" },
      body: `<ErrorResponse><Error>${error}</Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    };
  }
  return {
    status: of.status,
    headers: {
      "content-type": protocol === "json" ? "application/x-amz-json-1.0" : "application/json",
      "x-amzn-errortype": of.type.slice(of.type.indexOf("#") + 1),
      "x-amzn-query-error": `${of.queryCode};${blame}`,
    },
    body: JSON.stringify({ __type: of.type, message: of.message }),
  };
};
