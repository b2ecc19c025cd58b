import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { WriteLimits, WriteOutcome } from "../../actuation/rules-port.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { observedRule } from "./listener-rules.ts";

const FIRST_PAUSE_MS = 100;

interface ServiceFault {
  readonly name: string;
  readonly message: string;
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * Only an answer of the load balancer's API that refuses the request is a refusal. A time-out, a broken connection or
 * a 5XX is unknown: the request may have been carried out, or may still be.
 */
const outcomeOf = (error: unknown): WriteOutcome => {
  const fault = error as ServiceFault;
  const status = fault.$metadata?.httpStatusCode ?? 0;
  return fault.$fault !== undefined && status >= 400 && status < 500
    ? { kind: "refused", code: fault.name.replace(/Exception$/, ""), message: fault.message }
    : { kind: "unknown", message: `${fault.name}: ${fault.message}` };
};

const worthRepeating = (outcome: WriteOutcome): boolean =>
  outcome.kind === "unknown" || (outcome.kind === "refused" && /Throttl|RequestLimit/.test(outcome.code));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends a write up to `attempts` times, each for at most `timeoutMs` of real time. One attempt whose end is unknown makes the
 * whole unknown, unless a later one is answered with success: the lost one could still arrive.
 */
export const attemptWrite = async (
  send: (signal: AbortSignal) => Promise<{ readonly Rules?: Rule[] | undefined }>,
  limits: WriteLimits,
  now: () => EpochMs,
): Promise<WriteOutcome> => {
  let outcome: WriteOutcome = { kind: "unknown", message: "no attempt was allowed" };
  let lost: WriteOutcome | null = null;
  for (let attempt = 0; attempt < limits.attempts; attempt += 1) {
    if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    try {
      const answer = await send(AbortSignal.timeout(limits.timeoutMs));
      return { kind: "applied", answeredAt: now(), shows: (answer.Rules ?? []).map(observedRule) };
    } catch (error) {
      outcome = outcomeOf(error);
    }
    if (outcome.kind === "unknown") lost = outcome;
    if (!worthRepeating(outcome)) break;
  }
  return lost ?? outcome;
};
