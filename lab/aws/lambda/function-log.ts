import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where a function's output goes: `logs/<function>.log` of the lab, and embedded metrics to CloudWatch. */
export class FunctionLog {
  readonly file: string;
  readonly #publishEmf: (line: string) => void;
  #closed = false;

  constructor(directory: string, functionName: string, publishEmf: (line: string) => void) {
    mkdirSync(join(directory, "logs"), { recursive: true });
    this.file = join(directory, "logs", `${functionName}.log`);
    this.#publishEmf = publishEmf;
  }

  /** Written at once: the line must be there when the lab is killed. */
  write(line: string): void {
    if (this.#closed) return;
    appendFileSync(this.file, `${line}\n`);
    if (line.startsWith("{") && line.includes('"_aws"')) this.#publishEmf(line);
  }

  /** Drops everything after this; what a killed process had still in its pipe must not bring the folder back. */
  close(): void {
    this.#closed = true;
  }
}
