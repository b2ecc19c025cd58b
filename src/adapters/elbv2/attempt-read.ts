import { worthRepeating } from "../../actuation/attempts.ts";
import { failureOf } from "../../kernel/outside-failure.ts";
import { type OutsideFailure, ok, type Result } from "../../kernel/result.ts";
import type { DurationMs } from "../../kernel/units.ts";
import { outcomeOf } from "./outcome-of.ts";

/** Together longer than a second. */
const PAUSES_MS: readonly number[] = [100, 300, 700];

/** Not that of node:timers/promises, which rollback would load before its write. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Reads, and again where the next request may be answered, as long as `timeoutMs` of real time are not over. Throttling is
 * shared by the whole account, and a process that was frozen finds connections dead that it had kept, and its clock late:
 * neither must make a minute blind.
 */
export const attemptRead = async <Value>(
  asked: string,
  timeoutMs: DurationMs,
  read: (abortSignal: AbortSignal) => Promise<Value>,
): Promise<Result<Value, OutsideFailure>> => {
  const until = performance.now() + timeoutMs;
  const abortSignal = AbortSignal.timeout(timeoutMs);
  const attempt = async ([pauseMs, ...left]: readonly number[]): Promise<Result<Value, OutsideFailure>> => {
    try {
      return ok(await read(abortSignal));
    } catch (error) {
      const hasTime = pauseMs !== undefined && performance.now() + pauseMs < until;
      if (!hasTime || !worthRepeating(outcomeOf(error))) return failureOf(error, asked);
      await pause(pauseMs);
      return attempt(left);
    }
  };
  return attempt(PAUSES_MS);
};
