import { answerRollback } from "../../src/edge/answer-rollback.ts";
import type { DrillOptions, DrillPorts } from "../../src/guard/drill-walk.ts";
import type { AlarmWay } from "../../src/guard/snap-back-trigger.ts";
import { runTick } from "../../src/guard/tick.ts";
import { ok, outsideFailure } from "../../src/kernel/result.ts";
import { durationMs, type EpochMs, minuteOf } from "../../src/kernel/units.ts";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import type { FakeWorld } from "./fake-world.ts";

/** Everything a rehearsal goes through, in order. */
export const LINKS = [
  "rehearsal begins",
  "alarm changed",
  "latched",
  "pin raised",
  "verified on blue",
  "settled lossless",
  "armed again",
  "pin lowered",
] as const;

/** What is broken between an alarm and the pin. */
export interface Wiring {
  /** By which ways, in order, a change of an alarm reaches `rollback`; none: it is lost. */
  ways: readonly AlarmWay[];
  setFails: boolean;
  /** It is set, and the answer gets lost. */
  setUnanswered: boolean;
  /** How long after the change its events arrive. */
  afterMs: number;
  /** Without ticks nothing settles. */
  ticks: boolean;
  /** CloudWatch takes a state that was set back at its next evaluation. */
  evaluates: boolean;
}

/** A world that goes on while a rehearsal waits: events arrive, ticks fire, and alarms are evaluated. */
export const drillIn = (
  world: Pick<FakeWorld, "clock" | "truth" | "ports" | "deliverAll"> & { readonly cutover: CutoverBindings },
) => {
  const wiring: Wiring = {
    ways: ["action", "eventbridge"],
    setFails: false,
    setUnanswered: false,
    afterMs: 400,
    ticks: true,
    evaluates: true,
  };
  const events: { readonly at: EpochMs; readonly deliver: () => Promise<unknown> }[] = [];
  const set: string[] = [];
  const progress: string[] = [];
  let ticked = minuteOf(world.clock.now());

  const happen = async (): Promise<void> => {
    const now = world.clock.now();
    for (const event of events.filter(({ at }) => at <= now)) {
      events.splice(events.indexOf(event), 1);
      await event.deliver();
    }
    await world.deliverAll();
    if (minuteOf(now) <= ticked) return;
    ticked = minuteOf(now);
    if (wiring.evaluates) world.truth.firing.clear();
    if (!wiring.ticks) return;
    await runTick(world.ports, ticked);
    await world.deliverAll();
  };

  const ports: DrillPorts = {
    ...world.ports,
    clock: {
      now: () => world.clock.now(),
      sleep: async (forMs) => {
        await world.clock.sleep(forMs);
        await happen();
      },
    },
    alarmSetter: {
      set: async (arn, state) => {
        if (wiring.setFails) return outsideFailure("refused", "SetAlarmState: not authorized");
        const answer =
          wiring.setUnanswered && state === "ALARM" ? outsideFailure("timed-out", "no answer") : ok(undefined);
        set.push(state);
        const alarmAt = world.clock.now();
        if (state === "OK") world.truth.firing.delete(arn);
        else world.truth.firing.add(arn);
        for (const via of wiring.ways)
          events.push({
            at: (alarmAt + wiring.afterMs) as EpochMs,
            deliver: () =>
              answerRollback(world.ports, [world.cutover], { kind: "alarm", alarmArn: arn, state, alarmAt, via }),
          });
        return answer;
      },
    },
  };
  const [alarm] = world.cutover.alarms;
  if (alarm === undefined) throw new Error("the cutover lists no alarm");
  const options: DrillOptions = {
    by: "olga",
    alarm,
    withinMs: durationMs(180_000),
    doctor: async () => [],
    progress: ({ what }) => void progress.push(what),
  };
  return { wiring, ports, options, set, progress, happen, pending: events };
};
