import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fail, ok, type Result } from "../../../src/kernel/result.ts";
import type { Boot, FunctionError, InvokeMessage, RuntimeMessage } from "./messages.ts";

const RUNTIME = fileURLToPath(new URL("runtime.ts", import.meta.url));
/** Lambda's own limit for loading a handler; it does not count against the function's time-out. */
const INIT_TIMEOUT_MS = 10_000;

export interface EnvironmentSpec {
  readonly boot: Boot;
  /** Where the deployment zip was unpacked. */
  readonly directory: string;
  /** All of the process's environment; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  readonly memoryMiB: number;
  /** Every line the function writes to standard output or standard error. */
  readonly onLine: (line: string) => void;
  /** Told of every process that is started, so that none outlives the lab. */
  readonly adopt: (child: ChildProcess) => void;
}

export type Outcome =
  | { readonly kind: "answered"; readonly payload: string }
  | { readonly kind: "failed"; readonly error: FunctionError };

/** One execution environment: a process that answers one event at a time and stands still in between. */
export class Environment {
  readonly #child: ChildProcess;
  #waiting: ((message: RuntimeMessage | null) => void) | null = null;
  #alive = true;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on("message", (message) => this.#hear(message as RuntimeMessage));
    const ended = (): void => {
      this.#alive = false;
      this.#hear(null);
    };
    child.on("exit", ended);
    // The process could not even be started; then there is no exit.
    child.on("error", ended);
  }

  /** Starts the process and loads the handler. @returns what went wrong, in Lambda's words, where it did not load. */
  static async start(spec: EnvironmentSpec): Promise<Result<Environment, FunctionError>> {
    const heap = `--max-old-space-size=${Math.floor(spec.memoryMiB * 0.9)}`;
    const child = spawn(
      process.execPath,
      [heap, "--disable-warning=ExperimentalWarning", RUNTIME, JSON.stringify(spec.boot)],
      {
        cwd: spec.directory,
        // In a session of its own: a terminal's Ctrl-C reaches the lab first, which ends its environments in order.
        detached: true,
        env: spec.variables,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    spec.adopt(child);
    for (const stream of [child.stdout, child.stderr])
      if (stream !== null) createInterface({ input: stream }).on("line", spec.onLine);
    const environment = new Environment(child);
    const message = await environment.#next(INIT_TIMEOUT_MS);
    if (message !== null && message !== "timeout" && message.kind === "ready") return ok(environment);
    await environment.kill();
    if (message === "timeout")
      return fail({ errorType: "Sandbox.Timedout", errorMessage: "the handler did not load in 10 s" });
    return fail(message?.kind === "unloadable" ? message.error : exited(child));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False once the process is gone: timed out, exited or killed. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Thaws, hands over the event, waits for the outcome, freezes again. At the time-out the process is killed. */
  async invoke(message: InvokeMessage, timeoutMs: number): Promise<Outcome> {
    this.#child.kill("SIGCONT");
    this.#child.send(message, () => undefined);
    const heard = await this.#next(timeoutMs);
    if (heard === "timeout") {
      await this.kill();
      const seconds = (timeoutMs / 1000).toFixed(2);
      return failed(
        "Sandbox.Timedout",
        `RequestId: ${message.requestId} Error: Task timed out after ${seconds} seconds`,
      );
    }
    if (heard === null) return { kind: "failed", error: exited(this.#child, message.requestId) };
    this.#child.kill("SIGSTOP");
    if (heard.kind === "answered") return { kind: "answered", payload: heard.payload };
    if (heard.kind === "failed") return { kind: "failed", error: heard.error };
    throw new Error(`a runtime answered an event with ${heard.kind}`);
  }

  /** Ends the process, frozen or not, and waits until it is gone. Safe to repeat. */
  async kill(): Promise<void> {
    if (!this.#alive) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #hear(message: RuntimeMessage | null): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(message);
  }

  /** The next message; null where the process ended instead. */
  #next(timeoutMs: number): Promise<RuntimeMessage | null | "timeout"> {
    if (!this.#alive) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting = null;
        resolve("timeout");
      }, timeoutMs);
      this.#waiting = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });
  }
}

const failed = (errorType: string, errorMessage: string): Outcome => ({
  kind: "failed",
  error: { errorType, errorMessage },
});

const exited = (child: ChildProcess, requestId?: string): FunctionError => {
  const how = child.signalCode === null ? `exit status ${child.exitCode}` : `signal ${child.signalCode}`;
  const request = requestId === undefined ? "" : `RequestId: ${requestId} `;
  return { errorType: "Runtime.ExitError", errorMessage: `${request}Error: Runtime exited with error: ${how}` };
};
