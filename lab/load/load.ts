import { join } from "node:path";
import { startCommanded } from "../process/commanded-process.ts";
import type { ProcessOwner } from "../process/process-owner.ts";
import type { LoadStats } from "./stats.ts";

export interface LoadSpec {
  /** Where the load balancer listens; all that the load knows of the shop. */
  readonly url: string;
  /** The record it goes on with, or begins. */
  readonly receiptsPath: string;
  readonly logDir: string;
  readonly users?: number;
  readonly requestsPerSecond?: number;
  readonly writesPerSecond?: number;
  readonly seed?: number;
}

/** Longer than any request may take before its user gives it up. */
const SETTLE_WITHIN_MS = 20_000;

/** The running load, as the lab and the demo steer it. */
export interface Load {
  readonly pid: number | undefined;
  /** Returns when no write is in flight any more; reads go on. */
  pauseWrites(): Promise<void>;
  resumeWrites(): Promise<void>;
  /** To be told after a drain proof of both streams while writes are paused: users then look at what they are in doubt about. */
  drained(): Promise<void>;
  stats(): Promise<LoadStats>;
  /** Lets requests in flight come to their end and closes the record. */
  stop(): Promise<void>;
}

/** Starts the load as its own process. @throws {Error} it did not become ready. */
export const startLoad = async (owner: ProcessOwner, spec: LoadSpec): Promise<Load> => {
  const option = (name: string, value: number | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  const running = await startCommanded(owner, {
    name: "load",
    script: join(import.meta.dirname, "main.ts"),
    args: [
      ...["--url", spec.url, "--receipts", spec.receiptsPath],
      ...option("users", spec.users),
      ...option("requests-per-second", spec.requestsPerSecond),
      ...option("writes-per-second", spec.writesPerSecond),
      ...option("seed", spec.seed),
    ],
    nodeOptions: ["--max-old-space-size=192"],
    logFile: join(spec.logDir, "load.log"),
  });
  return {
    get pid() {
      return running.pid;
    },
    pauseWrites: async () => void (await running.ask("pauseWrites", undefined, SETTLE_WITHIN_MS)),
    resumeWrites: async () => void (await running.ask("resumeWrites")),
    drained: async () => void (await running.ask("drained")),
    stats: async () => (await running.ask("stats")) as LoadStats,
    stop: async () => {
      if (running.pid !== undefined) await running.ask("stop", undefined, SETTLE_WITHIN_MS).catch(() => {});
      await running.stop();
    },
  };
};
