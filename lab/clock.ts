import { type EpochMs, epochMs } from "../src/kernel/units.ts";

/** Above this, waits that must outlast something unscaled (a Lambda's time-out) would no longer do so. */
export const MAX_SPEED = 15;

/** Lab time = start + speed × real. Schedules, metric minutes, alarm periods and event ages run on it; timers do not. */
export interface LabClock {
  readonly startRealMs: number;
  readonly startLabMs: number;
  readonly speed: number;
  now(): EpochMs;
  /** Real milliseconds until the lab's clock shows `at`; 0 when it already does. */
  realMsUntil(at: EpochMs): number;
  /** The real instant at which the lab's clock showed `at`. */
  toReal(at: EpochMs): EpochMs;
}

/** @throws {RangeError} a speed that is not from 1 to 15. */
export const startLabClock = (speed: number, startRealMs = Date.now()): LabClock =>
  labClock({ startRealMs, startLabMs: startRealMs, speed });

/** The clock that another process of the same lab reads, from the three numbers that `lab.json` names. */
export const labClock = (of: { startRealMs: number; startLabMs: number; speed: number }): LabClock => {
  if (!(of.speed >= 1 && of.speed <= MAX_SPEED))
    throw new RangeError(`speed ${of.speed} is not from 1 to ${MAX_SPEED}`);
  return {
    ...of,
    now: () => epochMs(Math.round(of.startLabMs + of.speed * (Date.now() - of.startRealMs))),
    realMsUntil: (at) => Math.max(0, (at - of.startLabMs) / of.speed + of.startRealMs - Date.now()),
    toReal: (at) => epochMs(Math.round((at - of.startLabMs) / of.speed + of.startRealMs)),
  };
};
