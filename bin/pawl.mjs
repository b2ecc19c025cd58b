#!/usr/bin/env node
// pawl needs Node 24 (it runs its TypeScript as it is); the project brings one, so the caller's own may be older.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// kafkajs reckons a time-out below zero now and then; Node warns, and uses 1 ms.
const QUIET = "--disable-warning=TimeoutNegativeWarning";

// A recording may have any length; a larger nursery for young objects would double the memory that reading one takes.
const SMALL_NURSERY = "--max-semi-space-size=16";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bundledNode = join(root, "node_modules", ".bin", "node");
const node = existsSync(bundledNode) ? bundledNode : process.execPath;
if (node === process.execPath && Number(process.versions.node.split(".")[0]) < 24) {
  console.error(`pawl needs Node 24, and this is ${process.version}.
  why:  It runs its TypeScript as it is, and the Node that the project brings is not installed.
  next: npm ci in ${root}, or ./scripts/demo, which sets everything up.`);
  process.exit(1);
}
const pawl = spawn(node, [QUIET, SMALL_NURSERY, join(root, "src", "cli", "main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
// Who ends this process means that one: it would go on alone, and change things that nobody waits for any more.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => pawl.kill(signal));
pawl.on("exit", (status, signal) => {
  if (signal === null) process.exit(status ?? 4);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
