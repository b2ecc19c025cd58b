import { refusalOf } from "../../actuation/elb-refusals.ts";
import type { WriteOutcome } from "../../actuation/rules-port.ts";

/**
 * Only a code that is known to mean "not carried out" is a refusal. A time-out, a broken connection, a 5XX or a code
 * that nobody has met is unknown: the request may have been carried out, or may still be.
 */
export const outcomeOf = (error: unknown): Exclude<WriteOutcome, { kind: "applied" }> => {
  const { name = "", message } = error instanceof Error ? error : new Error(String(error));
  const code = name.replace(/Exception$/, "");
  return refusalOf(code, message).definite
    ? { kind: "refused", code, message }
    : { kind: "unknown", message: `${name}: ${message}` };
};
