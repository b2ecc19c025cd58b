import { gunzipSync } from "node:zlib";
import type { AwsCall } from "../contracts.ts";
import { AwsFault } from "./fault.ts";

const MAX_OUTPUT_LENGTH = 16 * 1024 * 1024;

/** A call's body as text; the CloudWatch client compresses larger ones (lab.md 2.5). @throws {AwsFault} */
export const bodyText = ({ headers, body }: Pick<AwsCall, "headers" | "body">): string => {
  const encoding = headers["content-encoding"];
  if (encoding === undefined) return body.toString("utf8");
  if (encoding !== "gzip") throw new AwsFault("UnsupportedContentEncoding", `${encoding} is not understood`, 415);
  return gunzipSync(body, { maxOutputLength: MAX_OUTPUT_LENGTH }).toString("utf8");
};
