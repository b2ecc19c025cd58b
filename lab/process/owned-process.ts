import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type EndableProcess, endable, endProcesses } from "./end-processes.ts";
import { lastLines } from "./last-lines.ts";

export interface ProcessSpec {
  /** Unique within its owner; names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; the starter's own when absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whom to run as, where the starter is root and the program refuses to be. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** How it wants to be asked to end; SIGTERM when absent. */
  readonly stopSignal?: NodeJS.Signals;
  /** Whether it answers already. Asked again and again after the start; must come back within about a second. */
  readonly ready?: () => Promise<boolean>;
  /** Real milliseconds from start to ready; 30 s when absent. */
  readonly readyWithinMs?: number;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const READY_POLL_MS = 40;
const STOP_WITHIN_MS = 5_000;

/** One child process in a session of its own, so that a terminal's Ctrl-C reaches us first and we end it in order. */
export class OwnedProcess {
  readonly spec: ProcessSpec;
  readonly logFile: string;
  readonly #onStart: (started: EndableProcess) => void;
  #child: ChildProcess | undefined;
  #named: EndableProcess | undefined;
  #end: Promise<ProcessEnd> | undefined;

  /** Not for callers: `ProcessOwner.own` makes these, so that none is started without being recorded. */
  constructor(spec: ProcessSpec, logFile: string, onStart: (started: EndableProcess) => void) {
    this.spec = spec;
    this.logFile = logFile;
    this.#onStart = onStart;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How the current run ended, once it has. */
  get end(): Promise<ProcessEnd> {
    if (this.#end === undefined) throw new Error(`${this.spec.name} was never started`);
    return this.#end;
  }

  /**
   * Starts it and waits until it is ready. One that does not get ready in time is stopped again.
   * @throws {Error} it could not be started, ended at once or did not get ready in time; the log's last lines are in the message.
   */
  async start(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.spec.name} is running already (pid ${this.pid})`);
    const child = this.#spawn();
    try {
      await once(child, "spawn");
      await this.#untilReady();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Runs a program that ends by itself, and waits for it.
   * @throws {Error} it ended with anything but 0, or not within `withinMs`; the log's last lines are in the message.
   */
  async run(withinMs: number): Promise<void> {
    await this.start();
    const timeUp = new AbortController();
    const end = await Promise.race([this.end, sleep(withinMs, "late" as const, timeUp)]);
    timeUp.abort();
    if (end !== "late" && end.code === 0) return;
    await this.kill();
    const how = end === "late" ? `did not end within ${withinMs} ms` : `ended with ${end.code ?? end.signal}`;
    throw new Error(`${this.spec.name} ${how}${lastLines(this.logFile)}`);
  }

  /** Asks it to end, and kills it and everything below it when it has not after `withinMs`. Safe to repeat. */
  async stop(withinMs = STOP_WITHIN_MS): Promise<void> {
    if (this.#named === undefined) return;
    await endProcesses([this.#named], withinMs);
    // Dead for the kernel, but Node may not have been told yet, and then it could not be started again.
    await this.#end;
  }

  /** Kills it and everything below it with SIGKILL, as a fault. Returns when it is gone. */
  kill(): Promise<void> {
    return this.stop(0);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #spawn(): ChildProcess {
    const { command, args, cwd, env, user } = this.spec;
    // The log is opened by us, not by the child, which may run as a user that cannot write there.
    const log = openSync(this.logFile, "a");
    const child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", log, log],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...user,
    });
    closeSync(log);
    this.#child = child;
    this.#end = once(child, "exit").then(
      ([code, signal]) => ({ code, signal }),
      () => ({ code: null, signal: null }),
    );
    this.#named = endable(child.pid, this.spec.stopSignal ?? "SIGTERM");
    if (this.#named !== undefined) this.#onStart(this.#named);
    return child;
  }

  async #untilReady(): Promise<void> {
    const { name, ready, readyWithinMs = 30_000 } = this.spec;
    if (ready === undefined) return;
    const deadline = Date.now() + readyWithinMs;
    while (!(await ready())) {
      if (!this.isRunning) throw new Error(`${name} ended before it was ready${lastLines(this.logFile)}`);
      if (Date.now() > deadline)
        throw new Error(`${name} was not ready after ${readyWithinMs} ms${lastLines(this.logFile)}`);
      await sleep(READY_POLL_MS);
    }
  }
}
