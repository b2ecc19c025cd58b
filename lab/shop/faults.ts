/** What is wrong with a host on purpose. */
export interface HostFaults {
  /** Of the requests, how many percent are answered 500 before their transaction begins. */
  readonly failBeforePercent: number;
  /** Of the requests, how many percent are answered 500 although their transaction is committed. */
  readonly failAfterPercent: number;
  /** Added to every answer's time, in milliseconds. */
  readonly slowMs: number;
  /** Accepts requests, health checks too, and never answers. */
  readonly hang: boolean;
  /** Answers health checks with 503; serves all else. */
  readonly unhealthy: boolean;
}

export const NO_FAULTS: HostFaults = {
  failBeforePercent: 0,
  failAfterPercent: 0,
  slowMs: 0,
  hang: false,
  unhealthy: false,
};

/** @throws {RangeError} a name that is no fault, or a value out of its range. */
export const parseFaults = (given: unknown): HostFaults => {
  const faults: Record<string, unknown> = { ...NO_FAULTS };
  for (const [name, value] of Object.entries(given ?? {})) {
    const usual = faults[name];
    if (usual === undefined) throw new RangeError(`"${name}" is no fault of a shop host`);
    if (typeof value !== typeof usual) throw new RangeError(`${name} is ${value}, which is not a ${typeof usual}`);
    if (typeof value === "number" && !(value >= 0 && (value <= 100 || name === "slowMs")))
      throw new RangeError(`${name} is ${value}, which is out of range`);
    faults[name] = value;
  }
  return faults as unknown as HostFaults;
};

/** Digits of the operation's id serve as dice, so that a run with the same ids meets the same delays and failures. */
const dice = (opId: string, from: number, sides: number): number =>
  Number.parseInt(opId.slice(from, from + 8), 16) % sides;

/** How long the host thinks before it begins its transaction: 60 to 150 ms, the same for the same operation. */
export const thinkingMs = (opId: string, faults: HostFaults): number => 60 + dice(opId, 0, 91) + faults.slowMs;

export type Failure = "before" | "after" | null;
export const failureOf = (opId: string, faults: HostFaults): Failure => {
  const drawn = dice(opId, 28, 10_000) / 100;
  if (drawn < faults.failBeforePercent) return "before";
  return drawn >= 100 - faults.failAfterPercent ? "after" : null;
};
