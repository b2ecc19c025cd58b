import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

export interface LogSink {
  readonly publishEmf: (line: string) => void;
  /** Whether the function's role may log; asked once. */
  readonly mayWrite: () => boolean;
}

/** Where a function's output goes: `logs/<function>.log` of the lab, and embedded metrics to CloudWatch. */
export class FunctionLog {
  readonly file: string;
  readonly #to: LogSink;
  #mayWrite: boolean | null = null;
  #closed = false;

  constructor(directory: string, functionName: string, to: LogSink) {
    mkdirSync(join(directory, "logs"), { recursive: true });
    this.file = join(directory, "logs", `${functionName}.log`);
    this.#to = to;
  }

  /** Written at once: the line must be there when the lab is killed. */
  write(line: string): void {
    if (this.#closed) return;
    this.#mayWrite ??= this.#to.mayWrite();
    if (!this.#mayWrite) return;
    appendFileSync(this.file, `${line}\n`);
    if (line.startsWith("{") && line.includes('"_aws"')) this.#to.publishEmf(line);
  }

  /** Drops everything after this; what a killed process had still in its pipe must not bring the folder back. */
  close(): void {
    this.#closed = true;
  }
}
