import type { CommandResult } from "./command-result.ts";
import { printable } from "./printable.ts";

/**
 * Where a command writes. With `--json`, standard output is one JSON document and nothing else. Whatever a policy, a
 * record or a service calls itself, what it says is shown and not obeyed.
 */
export interface Terminal {
  /** The target, and warnings: on standard error. */
  note(line: string): void;
  /** What a long command is doing: on standard output for people, on standard error under `--json`. */
  progress(line: string): void;
  /** What it ends with: on standard output. */
  show(result: Pick<CommandResult<unknown>, "document" | "lines">): void;
}

type Write = (text: string) => void;

export const createTerminal = (json: boolean, out: Write, err: Write): Terminal => {
  const line = (write: Write) => (text: string) => write(`${printable(text)}\n`);
  return {
    note: line(err),
    progress: line(json ? err : out),
    show: ({ document, lines }) => (json ? line(out)(JSON.stringify(document, null, 2)) : lines.forEach(line(out))),
  };
};

/** "4 min 05 s", "26 h 10 min", "12 s". Less than no time is what a slow clock shows of what has just been. */
export const forPeople = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
};
