import type { Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { concludeAttempts, worthRepeating } from "../../actuation/attempts.ts";
import type { WriteLimits, WriteOutcome } from "../../actuation/rules-port.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { observedRule } from "./listener-rules.ts";
import { outcomeOf } from "./outcome-of.ts";

const FIRST_PAUSE_MS = 100;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a write up to `attempts` times, each for at most `timeoutMs` of real time, backing off in between. */
export const attemptWrite = async (
  send: (signal: AbortSignal) => Promise<{ readonly Rules?: Rule[] | undefined }>,
  limits: WriteLimits,
  now: () => EpochMs,
): Promise<WriteOutcome> => {
  const outcomes: WriteOutcome[] = [];
  while (outcomes.length < limits.attempts) {
    if (outcomes.length > 0) await pause(FIRST_PAUSE_MS * 2 ** (outcomes.length - 1));
    const outcome = await attempt(send, limits, now);
    outcomes.push(outcome);
    if (!worthRepeating(outcome)) break;
  }
  return concludeAttempts(outcomes);
};

const attempt = async (
  send: (signal: AbortSignal) => Promise<{ readonly Rules?: Rule[] | undefined }>,
  { timeoutMs }: WriteLimits,
  now: () => EpochMs,
): Promise<WriteOutcome> => {
  try {
    const answer = await send(AbortSignal.timeout(timeoutMs));
    return { kind: "applied", answeredAt: now(), shows: (answer.Rules ?? []).map(observedRule) };
  } catch (error) {
    return outcomeOf(error);
  }
};
