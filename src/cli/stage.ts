import type { CommandResult } from "./command-result.ts";
import type { Scene } from "./context.ts";
import type { Target, TargetChoice } from "./target.ts";
import type { Terminal } from "./terminal.ts";

export interface GlobalOptions extends TargetChoice {
  readonly json?: boolean;
  readonly policies: string;
}

export interface Streams {
  readonly input: AsyncIterable<Uint8Array>;
  /** To standard output. Resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
}

/** What a verb is built with. */
export interface Stage {
  readonly terminal: Terminal;
  /** Chooses the target and says it first, for what is about no single cutover. @throws {CommandFailure} */
  readonly target: (options: GlobalOptions) => Target;
  /** Chooses the target and says it first, then reads the cutover. @throws {CommandFailure} either cannot be told. */
  readonly scene: (cutover: string | undefined, options: GlobalOptions) => Scene;
  readonly settle: (result: CommandResult<unknown>) => void;
  /** Writes over the last such line on standard error; only where that is a terminal. */
  readonly live?: (line: string) => void;
  /** For verbs that answer a stream by a stream, and show nothing at their end. */
  readonly streams: Streams;
  readonly finish: (exitCode: CommandResult<unknown>["exitCode"]) => void;
}
