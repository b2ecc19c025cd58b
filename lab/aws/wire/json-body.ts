import type { AwsCall } from "../contracts.ts";
import { bodyText } from "./body.ts";

/** A JSON body as far as it can be read: what is wrong with it, the service itself says. */
export const jsonBody = <Shape extends object>(call: Pick<AwsCall, "headers" | "body">): Shape => {
  try {
    const parsed: unknown = JSON.parse(bodyText(call));
    return (typeof parsed === "object" && parsed !== null ? parsed : {}) as Shape;
  } catch {
    return {} as Shape;
  }
};
