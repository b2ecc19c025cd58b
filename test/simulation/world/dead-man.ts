import { guardAlarms } from "../../../scripts/template/guard-alarms.ts";
import { MINUTE_MS } from "../../../src/kernel/units.ts";

/** The alarm of the template that watches the guard itself, over the datapoints that the tick function publishes. */
export interface DeadMan {
  /** `StalestCutoverSeconds` of one run of the tick function. */
  datapoint(at: number, seconds: number): void;
  /** Once a minute; whether it is in ALARM, which is when people have been told. */
  evaluate(at: number): boolean;
  isRinging(): boolean;
}

interface Rule {
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
}

export const deadMan = (): DeadMan => {
  const rule = guardAlarms()["StalestCutoverAlarm"]?.Properties as unknown as Rule;
  const byMinute = new Map<number, number>();
  let ringing = false;
  return {
    datapoint: (at, seconds) => {
      const minute = Math.floor(at / MINUTE_MS);
      byMinute.set(minute, Math.max(byMinute.get(minute) ?? 0, seconds));
      byMinute.delete(minute - 60);
    },
    evaluate: (at) => {
      let bad = 0;
      const last = Math.floor(at / MINUTE_MS) - 1;
      for (let minute = last; minute > last - rule.EvaluationPeriods; minute -= 1) {
        const value = byMinute.get(minute);
        if (value === undefined ? rule.TreatMissingData === "breaching" : value > rule.Threshold) bad += 1;
      }
      ringing = bad >= rule.DatapointsToAlarm;
      return ringing;
    },
    isRinging: () => ringing,
  };
};
