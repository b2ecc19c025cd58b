import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/**
 * Commands to a process of the lab, one JSON text a line over its standard input, answered on its standard output.
 * Nobody else can send them, nothing listens for them, and a process whose commander has died hears it at once.
 */
export type Handlers = Readonly<Record<string, (argument: unknown) => unknown>>;

interface Command {
  readonly id: number;
  readonly command: string;
  readonly argument?: unknown;
}
type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string };

/** Serves commands on this process's own standard input and output. @param onOrphaned Called when the commander is gone. */
export const serveCommands = (handlers: Handlers, onOrphaned: () => void): void => {
  const answer = (line: Answer): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const { id, command, argument } = JSON.parse(line) as Command;
    const handler = handlers[command];
    if (handler === undefined) return answer({ id, error: `unknown command "${command}"` });
    Promise.resolve()
      .then(() => handler(argument))
      .then((value) => answer({ id, value }))
      .catch((error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }));
  });
  lines.on("close", onOrphaned);
  process.stdout.on("error", onOrphaned);
};

/** The answer nobody asked for: the process is ready to work. */
const READY = 0;

/** Tells the commander that this process is ready to work. */
export const announceReady = (): void => void process.stdout.write(`${JSON.stringify({ id: READY })}\n`);

export interface Commander {
  /** Resolves when the process announces itself; to be called at once after its start. @throws {Error} it ended, or `withinMs` passed, before that. */
  ready(withinMs: number): Promise<void>;
  /** @throws {Error} what the process answered instead, or that it ended, or that `withinMs` passed. */
  ask(command: string, argument?: unknown, withinMs?: number): Promise<unknown>;
}

/** The other end: commands the process whose standard input and output these are. */
export const commander = (name: string, stdin: Writable, stdout: Readable): Commander => {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = READY;
  let ended = false;

  const expect = (id: number, what: string, withinMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(new Error(`${name} has ended and cannot ${what}`));
      const timer = setTimeout(
        () => settle(reject, new Error(`${name} did not ${what} within ${withinMs} ms`)),
        withinMs,
      );
      const settle = <Value>(end: (value: Value) => void, value: Value): void => {
        clearTimeout(timer);
        waiting.delete(id);
        end(value);
      };
      waiting.set(id, { resolve: (value) => settle(resolve, value), reject: (error) => settle(reject, error) });
    });

  const lines = createInterface({ input: stdout });
  lines.on("line", (line) => {
    const { id, value, error } = JSON.parse(line) as Answer;
    const waiter = waiting.get(id);
    if (error === undefined) waiter?.resolve(value);
    else waiter?.reject(new Error(`${name}: ${error}`));
  });
  lines.on("close", () => {
    ended = true;
    for (const waiter of [...waiting.values()]) waiter.reject(new Error(`${name} ended before it answered`));
  });
  stdin.on("error", () => {}); // The process is gone; `close` above says so to everybody who waits.

  return {
    ready: async (withinMs) => void (await expect(READY, "become ready", withinMs)),
    ask: (command, argument, withinMs = 10_000) => {
      const id = ++lastId;
      const answer = expect(id, `answer "${command}"`, withinMs);
      stdin.write(`${JSON.stringify({ id, command, argument })}\n`);
      return answer;
    },
  };
};
