import { readdirSync, readFileSync } from "node:fs";

/** One line of /proc, as `stat` tells it to any user, whoever owns the process. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly session: number;
  /** Clock ticks since boot when it started. With the pid it names one process for ever; a pid alone is reused. */
  readonly startTicks: number;
  /** Dead, and only waiting for its parent to ask how it ended. */
  readonly zombie: boolean;
}

/** The process of this pid now, or undefined when there is none. */
export const readProcess = (pid: number): ProcessEntry | undefined => {
  try {
    // The command's name stands in brackets and may itself hold brackets and blanks, so read from the last one on.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parentPid, , session] = fields;
    return {
      pid,
      parentPid: Number(parentPid),
      session: Number(session),
      startTicks: Number(fields[19]),
      zombie: state === "Z" || state === "X",
    };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
};

/** Every process of this machine that /proc shows, zombies left out. */
export const readProcessTable = (): readonly ProcessEntry[] =>
  readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((entry): entry is ProcessEntry => entry !== undefined && !entry.zombie);

/**
 * The given processes, everything below them, and everything left in their sessions. The session finds what a dead
 * parent left behind; the ancestry finds what took a session of its own, as every PostgreSQL backend does.
 */
export const familyOf = (
  roots: ReadonlySet<number>,
  table: readonly ProcessEntry[] = readProcessTable(),
): readonly ProcessEntry[] => {
  const family = new Set(roots);
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const entry of table) {
      if (family.has(entry.parentPid) || roots.has(entry.session)) family.add(entry.pid);
    }
  }
  return table.filter((entry) => family.has(entry.pid));
};
