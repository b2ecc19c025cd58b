import { setTimeout as sleep } from "node:timers/promises";
import { familyOf, type ProcessEntry, readProcess } from "../../lab/process/process-table.ts";

/** The process, everything below it, and what it leaves in its session, as of now. */
export const familyNow = (pid: number): readonly ProcessEntry[] => familyOf(new Set([pid]));

/** Those of the family that still run; another process that was given an old pid does not count. */
export const survivors = (family: readonly ProcessEntry[]): readonly number[] =>
  family
    .filter(({ pid, startTicks }) => {
      const now = readProcess(pid);
      return now !== undefined && !now.zombie && now.startTicks === startTicks;
    })
    .map(({ pid }) => pid);

/** Waits until none of the family runs. @returns who still does after `withinMs`. */
export const survivorsAfter = async (family: readonly ProcessEntry[], withinMs: number): Promise<readonly number[]> => {
  const deadline = Date.now() + withinMs;
  while (survivors(family).length > 0 && Date.now() < deadline) await sleep(50);
  return survivors(family);
};
