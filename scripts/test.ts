import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What the tests alone do not see. Each counts as one check, passed or failed. */
const CHECKS = ["types", "lint", "boundaries", "unused", "policies"] as const;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const CLOSING_LINE = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const run = (command: string, args: readonly string[], onLine: (line: string) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
      process.exitCode = 1;
    };
    for (const signal of SIGNALS) process.once(signal, passOn);
    createInterface({ input: child.stdout }).on("line", onLine);
    child.once("error", () => resolve(false));
    // "close", not "exit": the last lines of the output come after the process has ended.
    child.once("close", (code) => {
      for (const signal of SIGNALS) process.off(signal, passOn);
      resolve(code === 0);
    });
  });

const runCheck = async (name: string, count: Count): Promise<void> => {
  const lines: string[] = [];
  const passed = await run("npm", ["run", "--silent", name], (line) => lines.push(line));
  console.log([...lines, `${passed ? "ok    " : "FAILED"} npm run ${name}`].join("\n"));
  count[passed ? "passed" : "failed"]++;
};

/** Two at a time: each keeps one core busy. What one of them says stays together. */
const runChecks = async (count: Count): Promise<void> => {
  const waiting: string[] = [...CHECKS];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await runCheck(next, count);
  };
  await Promise.all([lane(), lane()]);
};

const runTests = async (count: Count, args: readonly string[]): Promise<void> => {
  let counted: RegExpExecArray | null = null;
  const succeeded = await run("vitest", ["run", ...args], (line) => {
    const closing = CLOSING_LINE.exec(line);
    // The tests' own closing line is held back: the last line must count the checks above too.
    if (closing === null) console.log(line);
    else counted = closing;
  });
  const [, passed, failed, skipped] = counted ?? [];
  count.passed += Number(passed ?? 0);
  count.failed += Number(failed ?? 0);
  count.skipped += Number(skipped ?? 0);
  // No test failed and yet vitest did: an error between the tests, or it did not get as far as counting.
  if (!succeeded && Number(failed ?? 0) === 0) count.failed++;
};

const count: Count = { passed: 0, failed: 0, skipped: 0 };
await runChecks(count);
await runTests(count, process.argv.slice(2));
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exitCode = count.failed > 0 ? 1 : 0;
