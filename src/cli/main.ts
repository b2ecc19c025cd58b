import { once } from "node:events";
import { runCli } from "./program.ts";

// `pawl cdc plan | head` has read enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ...(process.stderr.isTTY ? { live: (line: string) => void process.stderr.write(`\r\x1b[2K${line}`) } : {}),
  // Opened when a verb reads it, and not before: a terminal would keep every other one waiting.
  input: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
  drained: async () => {
    if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  },
});
// A client library may go on retrying in the background what a command has given up; nobody waits for that. What was
// written has to be out first: a pipe takes it asynchronously.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
