import { ok, outsideFailure } from "../../kernel/result.ts";
import { type EpochMs, earlier, MINUTE_MS } from "../../kernel/units.ts";
import type { AlarmReading, AlarmsPort, HostsPort } from "../../signals/ports.ts";
import type { EndedMinute } from "./metrics.ts";
import type { AlarmModel, Scenario } from "./scenario.ts";
import type { Sight } from "./sight.ts";
import type { MinuteTraits } from "./traits.ts";

const SIDES = ["blue", "green"] as const;

/** Target health; a side that cannot be read has no group in the answer. */
export const simulatedHosts = (
  sight: Sight,
  scenario: Scenario,
  lost: () => boolean,
  now: () => MinuteTraits,
): HostsPort => ({
  read: async (cutover) => {
    if (lost()) return outsideFailure("timed-out", "DescribeTargetHealth: no answer, by the scenario's drop rate");
    const { hosts } = now();
    return ok(
      SIDES.filter((side) => sight.outageOf(signalsOf(side)) === null).flatMap((side) =>
        cutover.routes.map((route) => ({
          side,
          targetGroupArn: route[side],
          healthy: hosts[side],
          unhealthy: Math.max(0, scenario.hosts[side] - hosts[side]),
        })),
      ),
    );
  },
});

const signalsOf = (side: "blue" | "green"): readonly string[] =>
  ["healthyHosts", "unhealthyHosts", "readyPercent"].map((name) => `${side}.${name}`);

/** The scenario's alarms, evaluated from what really happened. */
export const simulatedAlarms = (
  sight: Sight,
  models: readonly AlarmModel[],
  minuteAt: (at: EpochMs) => EndedMinute | null,
): AlarmsPort => ({
  read: async (arns) => {
    const reason = sight.outageOf(["alarms.firing", "alarms.unknown"]);
    if (reason !== null) return outsideFailure("timed-out", `DescribeAlarms ${reason}`);
    const now = sight.now();
    return ok(
      arns.flatMap((arn, index): readonly AlarmReading[] => {
        const model = models[index];
        if (model === undefined) return [];
        const state = fires(model, now, minuteAt) ? "ALARM" : "OK";
        return [{ arn, state, stateChangedAt: now, actionsEnabled: true, actions: ["simulated:function/rollback"] }];
      }),
    );
  },
});

const fires = ({ errorRate, minutes }: AlarmModel, now: EpochMs, minuteAt: (at: EpochMs) => EndedMinute | null) => {
  const thisMinute = earlier(now, now % MINUTE_MS);
  for (let back = 1; back <= minutes; back += 1) {
    const green = minuteAt(earlier(thisMinute, back * MINUTE_MS))?.counts.green;
    if (green === undefined || green.errors5xx <= errorRate * green.requests) return false;
  }
  return true;
};
