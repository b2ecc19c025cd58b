import type { EpochMs } from "../kernel/units.ts";

export type SignalValue = number | string | boolean;

/** One reading of a signal, or the reason there is none. `readAt` is when pawl read it, not when it happened. */
export type Observation =
  | { readonly known: true; readonly value: SignalValue; readonly readAt: EpochMs }
  | { readonly known: false; readonly reason: string; readonly readAt: EpochMs };

/** Observations by signal path, e.g. `forward.lagRecords`. A path that is not here was not looked at. */
export type Observations = Readonly<Record<string, Observation>>;

export const known = (value: SignalValue, readAt: EpochMs): Observation => ({ known: true, value, readAt });
export const unknown = (reason: string, readAt: EpochMs): Observation => ({ known: false, reason, readAt });
