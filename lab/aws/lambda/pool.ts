import { Environment, type EnvironmentSpec, type Outcome } from "./environment.ts";
import type { FunctionError } from "./messages.ts";

/** A new account's limit of running invocations; what a function without a reservation may use here. */
export const UNRESERVED_CONCURRENCY = 10;

export interface PoolSpec extends EnvironmentSpec {
  readonly functionArn: string;
  /** Real milliseconds. */
  readonly timeoutMs: number;
  readonly concurrency: number;
}

export type Attempt = (Outcome & { readonly durationMs: number }) | { readonly kind: "throttled" };

/** The environments of one function: as many as run at once, each for one event at a time, the warmest used first. */
export class FunctionPool {
  readonly #spec: PoolSpec;
  readonly #environments = new Set<Environment>();
  readonly #idle: Environment[] = [];
  #running = 0;
  #stopped = false;

  constructor(spec: PoolSpec) {
    this.#spec = spec;
  }

  get concurrency(): number {
    return this.#spec.concurrency;
  }

  /** Process ids of the environments, busy and frozen. */
  pids(): readonly number[] {
    return [...this.#environments].flatMap(({ alive, pid }) => (alive && pid !== undefined ? [pid] : []));
  }

  /** Runs one event; `throttled` where all the environments that may run do. Durations are real milliseconds. */
  async invoke(event: {
    readonly requestId: string;
    readonly traceId: string;
    readonly payload: string;
  }): Promise<Attempt> {
    if (this.#running >= this.#spec.concurrency) return { kind: "throttled" };
    this.#running += 1;
    const startedAt = performance.now();
    try {
      const outcome = await this.#run(event);
      return { ...outcome, durationMs: performance.now() - startedAt };
    } finally {
      this.#running -= 1;
    }
  }

  /** Kills every environment and waits until all are gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#environments].map((environment) => environment.kill()));
    this.#environments.clear();
  }

  async #run(event: {
    readonly requestId: string;
    readonly traceId: string;
    readonly payload: string;
  }): Promise<Outcome> {
    const environment = await this.#take();
    if (!(environment instanceof Environment)) return { kind: "failed", error: environment };
    const { functionArn, timeoutMs } = this.#spec;
    const outcome = await environment.invoke(
      { ...event, functionArn, deadlineRealMs: Date.now() + timeoutMs },
      timeoutMs,
    );
    if (environment.alive) this.#idle.push(environment);
    else this.#environments.delete(environment);
    return outcome;
  }

  async #take(): Promise<Environment | FunctionError> {
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (warm.alive) return warm;
      this.#environments.delete(warm);
    }
    const started = await Environment.start(this.#spec);
    if (!started.ok) return started.failure;
    this.#environments.add(started.value);
    if (this.#stopped) await started.value.kill();
    return started.value;
  }
}
