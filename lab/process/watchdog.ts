import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { type EndableProcess, endProcesses } from "./end-processes.ts";
import type { WatchdogLine } from "./process-owner.ts";

/** Short: what the owner could not stop any more has nobody left who waits for its good order. */
const GRACE_MS = 1_500;

// Only the end of the pipe ends the watchdog; a Ctrl-C or a logout is the owner's to answer.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const processes: EndableProcess[] = [];
const paths: string[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line) as WatchdogLine;
  if ("process" in told) processes.push(told.process);
  else paths.push(told.remove);
}

await endProcesses(processes, GRACE_MS);
// The owner may be in the middle of a copy into such a folder; its last file makes the first tries fail. Never rmSync: where
// a file vanishes under its hands, as those of a database that is ending do, it stops without a word and leaves the rest.
for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 10 });
