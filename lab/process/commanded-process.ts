import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { type Commander, commander } from "./commands.ts";
import { endable, endProcesses } from "./end-processes.ts";
import { lastLines } from "./last-lines.ts";
import type { ProcessOwner } from "./process-owner.ts";

export interface CommandedSpec {
  readonly name: string;
  /** A TypeScript file that calls `serveCommands` and `announceReady`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** Where its standard error goes, appended. */
  readonly logFile: string;
  readonly readyWithinMs?: number;
}

/** A Node process of the lab that takes commands over its standard input. It ends when its starter does. */
export interface CommandedProcess extends Commander {
  readonly name: string;
  /** Undefined once it has ended. */
  readonly pid: number | undefined;
  /** Asks it to end, and kills it when it has not after `withinMs`; 0 kills it at once. Safe to repeat. */
  stop(withinMs?: number): Promise<void>;
}

/** Starts it and waits until it is ready. @throws {Error} it ended first, or was not ready in time; its log's last lines are in the message. */
export const startCommanded = async (owner: ProcessOwner, spec: CommandedSpec): Promise<CommandedProcess> => {
  const child = spawnWithPipes(spec);
  const named = endable(child.pid, "SIGTERM");
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  owner.adopt(child);
  await once(child, "spawn");
  const commands = commander(spec.name, child.stdin, child.stdout);
  const started: CommandedProcess = {
    ...commands,
    name: spec.name,
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    stop: async (withinMs = 4_000) => {
      if (named === undefined) return;
      await endProcesses([named], withinMs);
      // Gone for the kernel is not yet gone for Node, and whoever stops it asks for its pid next.
      await exited;
    },
  };
  try {
    await commands.ready(spec.readyWithinMs ?? 15_000);
  } catch (error) {
    await started.stop();
    throw new Error(`${spec.name} did not start${lastLines(spec.logFile)}`, { cause: error });
  }
  return started;
};

type PipedChild = ChildProcess & {
  stdin: NonNullable<ChildProcess["stdin"]>;
  stdout: NonNullable<ChildProcess["stdout"]>;
};

const spawnWithPipes = (spec: CommandedSpec): PipedChild => {
  const log = openSync(spec.logFile, "a");
  const child = spawn(process.execPath, [...(spec.nodeOptions ?? []), spec.script, ...spec.args], {
    detached: true,
    stdio: ["pipe", "pipe", log],
    env: { ...process.env, ...spec.env },
  });
  closeSync(log);
  return child as PipedChild;
};
