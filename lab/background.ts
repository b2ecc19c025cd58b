import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { outside, refused } from "../src/cli/exit.ts";
import { type Lab, type LabOptions, startLab } from "./lab.ts";
import { readRunningLab, removeLabFile } from "./lab-file.ts";
import { endable, endProcesses, signal, untilGone } from "./process/end-processes.ts";
import { familyOf } from "./process/process-table.ts";
import { stopBeforeExit } from "./process/stop-before-exit.ts";

/** What the lab's process tells whoever started it, until it is ready. */
type Told =
  | { readonly kind: "progress"; readonly line: string }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string };

const STOP_WITHIN_MS = 20_000;

/**
 * Starts a lab in a process of its own that goes on when this one ends, and returns when it is ready.
 * @throws {CommandFailure} one runs already, or it did not start; nothing of it is left then.
 */
export const startInBackground = async (options: LabOptions): Promise<void> => {
  const running = readRunningLab(options.file);
  if (running !== undefined)
    throw refused(
      `A lab runs already (pid ${running.pid}).`,
      `${options.file} names it.`,
      "Use it, stop it with ./scripts/lab down, or give another --file.",
    );
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  const logFile = options.file.replace(/\.json$/, ".log");
  const log = openSync(logFile, "w", 0o600);
  const serve = ["serve", "--file", options.file, "--speed", String(options.speed)];
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...serve], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  // Before it is ready it stops by itself when we go: it sees the channel close.
  const outcome = await new Promise<Told>((resolve) => {
    child.on("message", (message) => {
      const told = message as Told;
      if (told.kind === "progress") options.onProgress(told.line);
      else resolve(told);
    });
    child.once("exit", (code, signal) =>
      resolve({ kind: "failed", message: `its process ended with ${code ?? signal}; see ${logFile}` }),
    );
  });
  if (outcome.kind === "failed")
    throw outside("The lab did not start.", outcome.message, "Nothing of it is left running. Try again.");
  child.disconnect();
  child.unref();
};

/** The lab's own process: starts it, says so, and stays until it is told to stop. */
export const serveLab = async (options: Omit<LabOptions, "onProgress">): Promise<void> => {
  let lab: Lab | undefined;
  const tell = (told: Told): void => void (process.connected && process.send?.(told));
  stopBeforeExit(async () => lab?.stop());
  process.once("disconnect", () => {
    if (lab === undefined) process.kill(process.pid, "SIGTERM");
  });
  try {
    lab = await startLab({ ...options, onProgress: (line) => tell({ kind: "progress", line }) });
    tell({ kind: "ready" });
  } catch (error) {
    tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect?.();
  }
};

/** Stops the lab this file names. @returns its pid, or undefined when none ran; a file left behind is removed. */
export const stopInBackground = async (file: string): Promise<number | undefined> => {
  const lab = endable(readRunningLab(file)?.pid, "SIGTERM");
  if (lab !== undefined) {
    const family = familyOf(new Set([lab.pid]));
    signal(lab.pid, "SIGTERM");
    // The lab's process alone: that wakes its watchdogs, which end what it started and remove what it wrote.
    if (!(await untilGone([lab], STOP_WITHIN_MS))) signal(lab.pid, "SIGKILL");
    if (!(await untilGone(family, STOP_WITHIN_MS)))
      await endProcesses(
        family.map((member) => ({ ...member, stopSignal: "SIGKILL" })),
        0,
      );
  }
  removeLabFile(file);
  return lab?.pid;
};
