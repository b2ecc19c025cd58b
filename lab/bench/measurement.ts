/** One line of a bench: what was measured, the figure with its unit, and what it is compared with. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly note?: string;
  /** Whether it keeps to the limit that the note names, where there is one. */
  readonly met?: boolean;
}

/** Something to measure, by a name that the command line takes. Each is a file of its own in this folder. */
export interface Measurement {
  readonly name: string;
  readonly about: string;
  readonly run: () => readonly Figure[] | Promise<readonly Figure[]>;
}

/** Calls for each second of this process's own time: the machine is shared, and its clock tells of the others too. */
export const callsPerSecond = (call: () => unknown, seconds = 0.5): number => {
  const start = process.cpuUsage();
  for (let calls = 0; ; ) {
    for (let index = 0; index < 500; index += 1) call();
    calls += 500;
    const { user, system } = process.cpuUsage(start);
    const spent = (user + system) / 1e6;
    if (spent >= seconds) return calls / spent;
  }
};

/** Measures them in turns, so that a busy moment hits all alike, and gives the median of each. */
export const inTurns = (calls: readonly (() => unknown)[], rounds = 5): readonly number[] => {
  const measured = Array.from({ length: rounds }, () => calls.map((call) => callsPerSecond(call)));
  return calls.map((_, index) => median(measured.map((round) => round[index] ?? 0)));
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
