import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import type { AlarmSetPort } from "../../../src/signals/ports.ts";
import type { Faults } from "../faults/faults.ts";
import type { AlarmEvent, Alarms } from "./alarms.ts";
import type { WorldEvent } from "./events.ts";
import type { Run } from "./run.ts";

const CALL_MS = 40;
/** How long after its client gave up a request may still arrive. */
const LATE_MS = 25_000;

export interface AlarmSetterSettings {
  readonly time: { now(): number; at(at: number, happen: () => void): void };
  readonly faults: Faults;
  readonly alarms: Alarms;
  readonly tell: (event: WorldEvent) => void;
  /** Somebody is called, as by a transition that the alarm came to by itself. */
  readonly calls: (event: AlarmEvent) => void;
}

/** SetAlarmState, which nobody can take back or fence: the last to arrive wins, and the next evaluation wins over it. */
export const alarmSetterOf =
  ({ time, faults, alarms, tell, calls }: AlarmSetterSettings) =>
  (run: Run): AlarmSetPort => ({
    set: async (arn, to, _reason, timeoutMs) => {
      const askedAt = time.now();
      const land = (): void => {
        const { rang, events } = alarms.set(arn, to);
        tell({ kind: "alarm-set", at: time.now(), askedAt, run, arn, to, rang });
        for (const event of events) calls(event);
      };
      const lost = () => outsideFailure("timed-out", "SetAlarmState: no answer");
      const landed = () => {
        land();
        return ok(undefined);
      };
      const unheard = (afterMs: number) => () => {
        time.at(time.now() + afterMs, land);
        return lost();
      };
      if (!faults.strikes("alarm-set-astray", askedAt)) return run.call(CALL_MS, landed);
      const dice = faults.dice("alarm-set-astray");
      switch (dice.of(["refused", "lost", "unheard", "late"] as const)) {
        case "refused":
          return run.call(CALL_MS, () => outsideFailure("refused", "SetAlarmState: not authorized"));
        case "lost":
          return run.call(timeoutMs, lost);
        case "unheard":
          return run.call(CALL_MS, unheard(0), timeoutMs);
        case "late":
          return run.call(0, unheard(dice.between(timeoutMs, LATE_MS)), timeoutMs);
      }
    },
  });
