import type { ObservedRule, WriteLimits, WriteOutcome } from "../../../src/actuation/rules-port.ts";
import type { Faults } from "../faults/faults.ts";
import type { WorldEvent } from "./events.ts";
import type { Run } from "./run.ts";
import type { Timeline } from "./timeline.ts";
import { fateOfWrite, type WriteFate } from "./write-fate.ts";

const CALL_MS = 20;
const FIRST_PAUSE_MS = 100;

/** One change of one rule, as a request carries it. */
export interface Wanted {
  readonly run: Run;
  readonly what: "weight" | "pin-up" | "pin-down" | "pin-deleted";
  readonly greenPercent: number | null;
  readonly route: number;
  readonly arn: string;
  readonly change: (rule: ObservedRule) => ObservedRule | null;
  /** The number it asks for, which nobody else may have. */
  readonly priority: number | null;
}

interface WriteSettings {
  readonly time: Timeline;
  readonly faults: Faults;
  readonly tell: (event: WorldEvent) => void;
  readonly land: (wanted: Wanted, sentAt: number) => WriteOutcome;
}

const unknown = (what: string): WriteOutcome => ({ kind: "unknown", message: `${what}: no answer` });

/**
 * Sends a change as the adapter does: what is unknown or throttled is tried again as often as it may be, and an attempt
 * that was lost makes the whole unknown unless a later one is answered.
 */
export const writesTo = (settings: WriteSettings) => {
  const { time, faults } = settings;
  return async (wanted: Wanted, { attempts, timeoutMs }: WriteLimits): Promise<WriteOutcome> => {
    await heldBack(settings, wanted);
    let outcome = unknown(wanted.what);
    let lost: WriteOutcome | null = null;
    for (let made = 0; made < attempts; made += 1) {
      if (made > 0) await wanted.run.call(FIRST_PAUSE_MS * 2 ** (made - 1), () => {});
      const fate = fateOfWrite(faults, time.now(), { movesPin: movesPin(wanted), made, attempts, timeoutMs });
      outcome = await attempt(settings, wanted, fate, timeoutMs);
      if (outcome.kind === "applied") return outcome;
      if (outcome.kind === "unknown") lost = outcome;
      if (isFinal(outcome)) break;
    }
    return lost ?? outcome;
  };
};

/** Where the process stands still with its request made up, and not yet sent. */
const heldBack = async ({ time, faults }: WriteSettings, { run }: Wanted): Promise<void> => {
  if (faults.strikes("request-held", time.now())) await run.stands(faults.dice("request-held"));
};

const movesPin = ({ what }: Wanted): boolean => what === "pin-up" || what === "pin-down";

const isFinal = (outcome: WriteOutcome): boolean => outcome.kind === "refused" && outcome.code !== "Throttling";

const attempt = (
  { time, tell, land }: WriteSettings,
  wanted: Wanted,
  fate: WriteFate,
  timeoutMs: number,
): Promise<WriteOutcome> => {
  const { run, what, greenPercent, route } = wanted;
  /** Told as the request leaves: a run that dies before sends nothing. */
  const sends = (then: (sentAt: number) => WriteOutcome) => (): WriteOutcome => {
    tell({ kind: "sent", at: time.now(), run, what, greenPercent, route });
    return then(time.now());
  };
  switch (fate.kind) {
    case "answered":
      return run.call(
        0,
        sends((sentAt) => land(wanted, sentAt)),
        CALL_MS,
      );
    case "refused":
      return run.call(
        0,
        sends(() => ({ kind: "refused", code: fate.code, message: `${what}: ${fate.code}` })),
        CALL_MS,
      );
    case "timed-out": {
      const { landsAfterMs } = fate;
      const send = sends((sentAt) => {
        if (landsAfterMs !== null) time.at(sentAt + landsAfterMs, () => void land(wanted, sentAt));
        return unknown(what);
      });
      return run.call(0, send, timeoutMs);
    }
    case "slow": {
      let outcome = unknown(what);
      const send = sends((sentAt) => {
        time.at(sentAt + fate.afterMs, () => {
          outcome = land(wanted, sentAt);
        });
        return outcome;
      });
      return run.call(0, send, fate.afterMs + 1).then(() => outcome);
    }
  }
};
