import { CommandFailure, misused } from "../src/cli/exit.ts";

/** What a program was called with. Where it was called wrongly, it says so on standard error and ends with 2. */
export const readArguments = <Value>(usage: string, read: () => Value): Value => {
  try {
    return read();
  } catch (error) {
    const failure = failureOf(error, usage);
    if (failure === null) throw error;
    console.error(failure.message);
    process.exit(failure.exitCode);
  }
};

const failureOf = (error: unknown, usage: string): CommandFailure | null => {
  if (error instanceof CommandFailure) return error;
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Error && String(code).startsWith("ERR_PARSE_ARGS")
    ? misused("The arguments cannot be read.", error.message, `Give it: ${usage}`)
    : null;
};
