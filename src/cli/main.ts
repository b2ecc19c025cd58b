import { once } from "node:events";
import { EXIT, outside } from "./exit.ts";
import { failureLines, failureOf } from "./failures.ts";
import { runCli } from "./program.ts";
import { standardInput } from "./standard-input.ts";

let failed: NodeJS.ErrnoException | null = null;

// A full disk or a reader that has left ends no command: a rollback goes on, whoever hears of it.
process.stdout.on("error", (error) => {
  failed ??= error;
});
process.stderr.on("error", () => {});

/** The exit code, and a word about what did not arrive. `pawl cdc plan | head` has read enough, and is told nothing. */
const ended = (exitCode: number): number => {
  if (failed === null || failed.code === "EPIPE") return exitCode;
  const failure = outside(
    "Standard output could not be written to its end.",
    `${failed.message}. What stands there is not whole.`,
    "Make room, or send it elsewhere; what the command did is done all the same.",
  );
  process.stderr.write(`${failureLines(failureOf(failure)).join("\n")}\n`);
  return exitCode === EXIT.done ? EXIT.outside : exitCode;
};

const exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ...(process.stderr.isTTY ? { live: (line: string) => void process.stderr.write(`\r\x1b[2K${line}`) } : {}),
  input: { [Symbol.asyncIterator]: standardInput },
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain").catch(() => {});
    // Who writes piece by piece does nothing else, and would go on for nobody.
    if (failed !== null) process.exit(ended(EXIT.done));
  },
});
// A client library may go on retrying in the background what a command has given up; nobody waits for that. What was
// written has to be out first: a pipe takes it asynchronously.
process.stdout.write("", (error) => {
  failed ??= error ?? null;
  const code = ended(exitCode);
  process.stderr.write("", () => process.exit(code));
});
