import { type EpochMs, later } from "../../../src/kernel/units.ts";
import type { LabContext } from "../contracts.ts";
import { LabTimers } from "../lab-timers.ts";
import type { FunctionError } from "./messages.ts";
import type { Attempt } from "./pool.ts";

/** What happens to an asynchronous event that fails: AWS's defaults unless an EventInvokeConfig says otherwise. */
export interface RetryRules {
  readonly maximumRetryAttempts: number;
  /** Lab seconds since the event was accepted. */
  readonly maximumEventAgeSeconds: number;
}

export const DEFAULT_RETRY_RULES: RetryRules = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };

export interface AsynchronousEvent {
  readonly requestId: string;
  readonly payload: string;
  readonly acceptedAt: EpochMs;
}

/** An event that was given up, with what is known of its last attempt. */
export interface DroppedEvent extends AsynchronousEvent {
  readonly condition: "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
  /** Attempts that reached the function; throttled ones did not. */
  readonly attempts: number;
  readonly error: FunctionError | null;
}

export interface QueueSpec {
  readonly context: LabContext;
  readonly rules: () => RetryRules;
  /** True where the function's reserved concurrency is 0: events are given up without an attempt. */
  readonly isSwitchedOff: () => boolean;
  readonly attempt: (event: AsynchronousEvent) => Promise<Attempt>;
  readonly dropped: (event: DroppedEvent) => void;
}

interface Progress {
  readonly attempts: number;
  readonly throttles: number;
  readonly error: FunctionError | null;
}

const FIRST_RETRY_MS = 60_000;
const LONGEST_THROTTLE_WAIT_MS = 300_000;

/** The asynchronous side of one function: retries after 1 and 2 minutes, backs off when throttled, gives up by rule. */
export class AsynchronousQueue {
  readonly #spec: QueueSpec;
  readonly #timers: LabTimers;
  #duplicates = 0;

  constructor(spec: QueueSpec) {
    this.#spec = spec;
    this.#timers = new LabTimers(spec.context.clock);
  }

  accept(event: AsynchronousEvent): void {
    const copies = this.#duplicates > 0 ? 2 : 1;
    this.#duplicates = Math.max(0, this.#duplicates - 1);
    for (let copy = 0; copy < copies; copy += 1)
      this.#attemptAt(event.acceptedAt, event, { attempts: 0, throttles: 0, error: null });
  }

  /** The next `count` events are delivered twice, as the real queue does now and then without any error. */
  duplicateNext(count: number): void {
    this.#duplicates += count;
  }

  stop(): void {
    this.#timers.stop();
  }

  #attemptAt(instant: EpochMs, event: AsynchronousEvent, progress: Progress): void {
    this.#timers.at(instant, () => void this.#attempt(event, progress));
  }

  async #attempt(event: AsynchronousEvent, { attempts, throttles, error }: Progress): Promise<void> {
    const { clock } = this.#spec.context;
    const rules = this.#spec.rules();
    const giveUp = (condition: DroppedEvent["condition"], of: Pick<DroppedEvent, "attempts" | "error">): void =>
      this.#spec.dropped({ ...event, condition, ...of });
    if (this.#spec.isSwitchedOff()) return giveUp("ZeroReservedConcurrency", { attempts, error });
    if (clock.now() - event.acceptedAt > rules.maximumEventAgeSeconds * 1000)
      return giveUp("EventAgeExceeded", { attempts, error });
    const outcome = await this.#spec.attempt(event);
    if (outcome.kind === "answered") return;
    if (outcome.kind === "throttled") {
      const waitMs = Math.min(LONGEST_THROTTLE_WAIT_MS, 1000 * 2 ** throttles);
      return this.#attemptAt(later(clock.now(), waitMs), event, { attempts, throttles: throttles + 1, error });
    }
    const made = attempts + 1;
    if (made > rules.maximumRetryAttempts) return giveUp("RetriesExhausted", { attempts: made, error: outcome.error });
    const retryAt = later(clock.now(), made * FIRST_RETRY_MS);
    return this.#attemptAt(retryAt, event, { attempts: made, throttles: 0, error: outcome.error });
  }
}
