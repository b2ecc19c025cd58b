import { setTimeout as sleep } from "node:timers/promises";
import { familyOf, type ProcessEntry, readProcess, readProcessTable } from "./process-table.ts";

/** A process to be ended: what names it for ever, and how it wants to be asked. */
export interface EndableProcess {
  readonly pid: number;
  readonly startTicks: number;
  readonly stopSignal: NodeJS.Signals;
}

/** Names a child that was just spawned; undefined when it never came to be. */
export const endable = (pid: number | undefined, stopSignal: NodeJS.Signals): EndableProcess | undefined => {
  const entry = pid === undefined ? undefined : readProcess(pid);
  return entry === undefined ? undefined : { pid: entry.pid, startTicks: entry.startTicks, stopSignal };
};

const POLL_MS = 40;
/** How long the kernel may take to clear up what it was told to kill; a page-locked JVM needs tens of milliseconds. */
const KILL_WITHIN_MS = 5_000;

/**
 * Ends processes and everything below them: asks each, waits up to `graceMs`, then kills what is left. With a grace of
 * 0 nobody is asked.
 *
 * - Stopped processes (SIGSTOP) are continued, or they would never see the request.
 * - A pid that has been given to another process meanwhile is left alone.
 * - Returns when nothing of them is left. Safe to repeat.
 *
 * @throws {Error} something survived SIGKILL for five seconds.
 */
export const endProcesses = async (processes: readonly EndableProcess[], graceMs: number): Promise<void> => {
  const family = new Family(processes);
  if (graceMs > 0) {
    ask(processes, family);
    if (await goneWithin(family, graceMs)) return;
  }
  const killBy = Date.now() + KILL_WITHIN_MS;
  do {
    // Again on every round: what was being forked while the first signals went out is caught by the next.
    for (const member of family.left()) signal(member.pid, "SIGKILL");
    if (await goneWithin(family, POLL_MS)) return;
  } while (Date.now() < killBy);
  throw new Error(`these processes survive SIGKILL: ${family.left().map(({ pid }) => pid)}`);
};

const ask = (processes: readonly EndableProcess[], family: Family): void => {
  for (const { pid, startTicks, stopSignal } of processes)
    if (readProcess(pid)?.startTicks === startTicks) signal(pid, stopSignal);
  for (const { pid } of family.left()) signal(pid, "SIGCONT");
};

/** Everything that ever belonged to the processes since we began to look, so that orphans are not lost sight of. */
class Family {
  readonly #known = new Map<number, number>();
  readonly #roots: ReadonlySet<number>;

  constructor(processes: readonly EndableProcess[]) {
    // The kernel reuses no number that still names a session, so only a root that is someone else now has no remains.
    const roots = processes.filter(
      ({ pid, startTicks }) => (readProcess(pid)?.startTicks ?? startTicks) === startTicks,
    );
    this.#roots = new Set(roots.map(({ pid }) => pid));
  }

  left(): readonly ProcessEntry[] {
    if (this.#roots.size === 0) return [];
    const table = readProcessTable();
    const stillThere = table.filter((entry) => this.#known.get(entry.pid) === entry.startTicks);
    const members = familyOf(new Set([...this.#roots, ...stillThere.map(({ pid }) => pid)]), table);
    for (const { pid, startTicks } of members) this.#known.set(pid, startTicks);
    return members;
  }
}

const goneWithin = async (family: Family, withinMs: number): Promise<boolean> => {
  const deadline = Date.now() + withinMs;
  while (family.left().length > 0) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
};

/** Waits until none of these runs any more. @returns false when one still does after `withinMs`. */
export const untilGone = async (
  processes: readonly Pick<ProcessEntry, "pid" | "startTicks">[],
  withinMs: number,
): Promise<boolean> => {
  const deadline = Date.now() + withinMs;
  const runs = ({ pid, startTicks }: (typeof processes)[number]): boolean => {
    const now = readProcess(pid);
    return now !== undefined && !now.zombie && now.startTicks === startTicks;
  };
  while (processes.some(runs)) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
};

/** Sends a signal, also to a process that may have ended meanwhile. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended by itself meanwhile, which is what we wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
};
