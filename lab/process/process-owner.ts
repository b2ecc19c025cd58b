import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type EndableProcess, endable, endProcesses } from "./end-processes.ts";
import { OwnedProcess, type ProcessSpec } from "./owned-process.ts";

const STOP_ALL_WITHIN_MS = 4_000;
const WATCHDOG_WITHIN_MS = 10_000;

/** What an owner tells its watchdog, one JSON text a line. */
export type WatchdogLine = { readonly process: EndableProcess } | { readonly remove: string };

const living = new Set<ProcessOwner>();

/** Stops every owner of this process, also those that whoever made them has not got hold of yet. The newest first: it may
 * still be writing into a folder that an older one removes. */
export const stopAllOwners = async (): Promise<void> => {
  for (const owner of [...living].reverse()) await owner.stop();
};

/**
 * Owns child processes: none of them outlives this process, however it ends.
 *
 * - `stop()` ends them in good order, and returns when they are gone.
 * - `process.exit`, an uncaught error, a signal nobody handles, SIGKILL: a watchdog, a tiny process that holds the other
 *   end of a pipe, sees the pipe close and ends exactly what it was told of, within some two seconds.
 */
export class ProcessOwner {
  readonly #logDir: string;
  readonly #started: EndableProcess[] = [];
  readonly #watchdog: ChildProcess;
  #stopping: Promise<void> | undefined;

  /** @param dir - Where logs go, as `logs/<name>.log`; made when missing. */
  constructor(dir: string) {
    this.#logDir = join(dir, "logs");
    mkdirSync(this.#logDir, { recursive: true });
    this.#watchdog = startWatchdog();
    living.add(this);
  }

  /** A process of this owner, not yet started. */
  own(spec: ProcessSpec): OwnedProcess {
    return new OwnedProcess(spec, join(this.#logDir, `${spec.name}.log`), (started) => this.#record(started));
  }

  /** Takes over a child that was spawned elsewhere (with pipes or IPC, say): from now on it ends with us. */
  adopt(child: ChildProcess): void {
    const started = endable(child.pid, "SIGTERM");
    if (started !== undefined) this.#record(started);
  }

  /** This file or folder, made or yet to be made, is removed after the last process has ended, however it ends. */
  removeAtEnd(path: string): void {
    this.#refuseWhenStopping();
    this.#tell({ remove: path });
  }

  /**
   * Ends every process, removes what was to be removed, and lets the watchdog go. Whatever is just being started is not.
   * Safe to repeat.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    await endProcesses(this.#started, STOP_ALL_WITHIN_MS);
    living.delete(this);
    this.#watchdog.stdin?.end();
    if (this.#watchdog.exitCode !== null || this.#watchdog.signalCode !== null) return;
    this.#watchdog.ref();
    const timeUp = new AbortController();
    await Promise.race([once(this.#watchdog, "exit"), sleep(WATCHDOG_WITHIN_MS, undefined, timeUp)]);
    timeUp.abort();
  }

  #record(started: EndableProcess): void {
    if (this.#stopping !== undefined) process.kill(started.pid, "SIGKILL");
    this.#refuseWhenStopping();
    this.#started.push(started);
    this.#tell({ process: started });
  }

  #refuseWhenStopping(): void {
    if (this.#stopping !== undefined) throw new Error("nothing is started any more: everything is being stopped");
  }

  #tell(line: WatchdogLine): void {
    // Node hands a short line to the kernel before `write` returns, so it is safe even if we are killed right after.
    this.#watchdog.stdin?.write(`${JSON.stringify(line)}\n`);
  }
}

const startWatchdog = (): ChildProcess => {
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, "watchdog.ts")], {
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.unref();
  if (watchdog.stdin instanceof Socket) watchdog.stdin.unref();
  // Without its watchdog the owner still ends everything itself when it is asked to.
  watchdog.stdin?.on("error", () => {});
  return watchdog;
};
