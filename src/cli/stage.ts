import type { CommandResult } from "./command-result.ts";
import type { Scene } from "./context.ts";
import type { TargetChoice } from "./target.ts";
import type { Terminal } from "./terminal.ts";

export interface GlobalOptions extends TargetChoice {
  readonly json?: boolean;
  readonly policies: string;
}

/** What a verb is built with. */
export interface Stage {
  readonly terminal: Terminal;
  /** Chooses the target and says it first, then reads the cutover. @throws {CommandFailure} either cannot be told. */
  readonly scene: (cutover: string | undefined, options: GlobalOptions) => Scene;
  readonly settle: (result: CommandResult<unknown>) => void;
}
