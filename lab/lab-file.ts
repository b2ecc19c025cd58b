import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readProcess } from "./process/process-table.ts";

export const DEFAULT_LAB_FILE = join(import.meta.dirname, "../.pawl/lab.json");

/** Where a running lab is and how to get in, for `pawl` and for people. Holds passwords and keys. */
export interface LabFile {
  /** The process that owns everything the lab started. */
  readonly pid: number;
  /** When that process started, in clock ticks since boot: a pid alone is given to another program once the lab is dead. */
  readonly startTicks: number;
  /** The lab's clock: lab time = startLabMs + speed × (real − startRealMs). */
  readonly startRealMs: number;
  readonly startLabMs: number;
  readonly speed: number;
  /** The account's one endpoint, for `AWS_ENDPOINT_URL`. */
  readonly gatewayUrl: string;
  /** Where the shop's users go. */
  readonly albUrl: string;
  /** Load and faults; its path is the only key to it. */
  readonly adminUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly table: string;
  readonly topicArn: string;
  readonly rollbackFunction: string;
  readonly kafkaBrokers: string;
  readonly connectUrl: string;
  /** As role pawl_guard. */
  readonly blueUrl: string;
  readonly greenUrl: string;
  readonly blueAdminUrl: string;
  readonly greenAdminUrl: string;
  readonly cdcSourcePassword: string;
  readonly cdcSinkPassword: string;
}

/** Writes it for this user alone, and whole: nobody ever reads half of it. */
export const writeLabFile = (path: string, lab: LabFile): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${lab.pid}`;
  writeFileSync(draft, `${JSON.stringify(lab, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
};

/** The lab that this file names and that still runs; undefined when there is none, or the file names none. */
export const readRunningLab = (path: string): LabFile | undefined => {
  const lab = parsedOrUndefined(readOrUndefined(path) ?? "");
  const process = lab && readProcess(lab.pid);
  return process?.startTicks === lab?.startTicks && process?.zombie === false ? lab : undefined;
};

export const removeLabFile = (path: string): void => rmSync(path, { force: true });

const readOrUndefined = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** A file that is broken, or that somebody else wrote, names no lab: then it can be cleared away. */
const parsedOrUndefined = (text: string): LabFile | undefined => {
  try {
    const lab = JSON.parse(text) as LabFile | null;
    return Number.isSafeInteger(lab?.pid) ? (lab ?? undefined) : undefined;
  } catch {
    return undefined;
  }
};
