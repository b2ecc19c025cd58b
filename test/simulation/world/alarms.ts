import { epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import type { AlarmReading } from "../../../src/signals/ports.ts";
import type { Faults } from "../faults/faults.ts";
import type { EndedMinute, Minutes } from "./minutes.ts";
import type { Truth } from "./truth.ts";

/** An alarm changed to ALARM and says so. `at` is its own instant, which every copy of the event carries. */
export interface AlarmEvent {
  readonly arn: string;
  readonly at: number;
  /** In ALARM before, too: it could not act until now. */
  readonly was?: "ALARM";
}

export interface Alarms {
  readings(arns: readonly string[]): readonly AlarmReading[];
  /** Evaluates every alarm once; the transitions to ALARM whose actions are on. */
  evaluate(minute: number): readonly AlarmEvent[];
  /** One goes off; it stays so until it is evaluated again. The first hard-down one, where none is named. */
  setOff(arn?: string): AlarmEvent;
  /**
   * SetAlarmState: where that changes it, its actions follow as if it had come to it by itself, and its next evaluation
   * takes it back. `rang`: it was in ALARM before, and not by this.
   */
  set(arn: string, to: "OK" | "ALARM"): { readonly rang: boolean; readonly events: readonly AlarmEvent[] };
  /** When this alarm was put into ALARM by `set`, newest last. */
  setAt(arn: string): readonly number[];
  disable(): void;
  enable(): void;
  isFiring(): boolean;
  /** When one of these was last in ALARM; null: never. */
  lastFiringAt(arns: readonly string[]): number | null;
}

interface Alarm {
  readonly arn: string;
  readonly severity: "degraded" | "hard-down";
  state: AlarmReading["state"];
  changedAt: number;
  /** It is so by `set` alone. */
  byHand: boolean;
  firingAt: number | null;
  readonly setAt: number[];
}

/** When one of these was last in ALARM; null: never. */
export const latest = (alarms: readonly { readonly firingAt: number | null }[]): number | null =>
  alarms.reduce<number | null>(
    (last, { firingAt }) => (firingAt === null ? last : Math.max(last ?? 0, firingAt)),
    null,
  );

const MAX_RATIO = 0.02;
const MAX_P99_MS = 1_000;

const breaches = (arn: string, minute: EndedMinute, truth: Truth): boolean => {
  const { greenRequests, greenErrors, refused, requests, greenP99Ms } = minute;
  if (arn.endsWith("green-5xx-ratio")) return greenErrors > MAX_RATIO * greenRequests;
  if (arn.endsWith("green-connection-errors")) return refused > MAX_RATIO * greenRequests;
  if (arn.endsWith("lb-5xx-ratio")) return refused > MAX_RATIO * requests;
  if (arn.endsWith("green-p99")) return greenRequests >= 100 && (greenP99Ms ?? 0) > MAX_P99_MS;
  return truth.hosts("green", minute.at + MINUTE_MS / 2) < 1;
};

/** The cutover's alarms by what really happened, as the template sets them: two bad minutes of three, or of two. */
export const alarmsOf = (
  bound: CutoverBindings["alarms"],
  { time, faults, minutes, truth }: { time: { now(): number }; faults: Faults; minutes: Minutes; truth: Truth },
): Alarms => {
  const all: Alarm[] = bound.map(({ arn, severity }) => ({
    ...{ arn, severity, state: "OK" as const, changedAt: time.now() },
    ...{ byHand: false, firingAt: null, setAt: [] },
  }));
  let enabled = true;
  const acts = () => enabled && faults.spell("alarm-muted", time.now()) === null;

  const firesAlready = (alarm: Alarm): boolean =>
    alarm === all[2] && faults.spell("alarm-firing-at-arm", time.now()) !== null;

  const isBad = (alarm: Alarm, minute: number): boolean => {
    // A flapping alarm rings for nothing; it is always the same one.
    if (alarm === all[1] && faults.strikes("alarm-flapping", time.now())) return true;
    // One that fires already tells nobody: its transition was before anybody listened.
    if (firesAlready(alarm)) return true;
    const span = alarm.severity === "hard-down" ? 2 : 3;
    let bad = 0;
    for (let back = 1; back <= span; back += 1) {
      const one = minutes.at(minute - back * MINUTE_MS);
      if (one !== null && breaches(alarm.arn, one, truth)) bad += 1;
    }
    return bad >= 2;
  };

  /** Without data it is neither quiet nor loud; where it is told nothing it says nothing, and calls nobody. */
  const stateOf = (alarm: Alarm, minute: number): Alarm["state"] => {
    if (faults.strikes("alarm-no-data", time.now())) return "INSUFFICIENT_DATA";
    return isBad(alarm, minute) ? "ALARM" : "OK";
  };

  /** The event of a transition to ALARM, where there is one and somebody is called. */
  const turned = (alarm: Alarm, minute: number): readonly AlarmEvent[] => {
    const state = stateOf(alarm, minute);
    if (state === "ALARM") alarm.firingAt = time.now();
    if (state === alarm.state) {
      alarm.byHand = false;
      return [];
    }
    Object.assign(alarm, { state, changedAt: time.now(), byHand: false });
    const early = firesAlready(alarm);
    if (early) faults.count("alarm-firing-at-arm");
    return state === "ALARM" && acts() && !early ? [{ arn: alarm.arn, at: time.now() }] : [];
  };

  return {
    readings: (arns) =>
      arns.flatMap((arn): readonly AlarmReading[] => {
        const alarm = all.find((one) => one.arn === arn);
        if (alarm === undefined) return [];
        const { state, changedAt } = alarm;
        return [{ arn, state, stateChangedAt: epochMs(changedAt), actionsEnabled: acts(), actions: ["rollback"] }];
      }),
    evaluate: (minute) => all.flatMap((alarm) => turned(alarm, minute)),
    setOff: (arn) => {
      const alarm = all.find((one) => (arn === undefined ? one.severity === "hard-down" : one.arn === arn)) ?? all[0];
      if (alarm === undefined) throw new RangeError("a cutover has alarms");
      Object.assign(alarm, { state: "ALARM", changedAt: time.now(), byHand: false, firingAt: time.now() });
      return { arn: alarm.arn, at: time.now() };
    },
    set: (arn, to) => {
      const alarm = all.find((one) => one.arn === arn);
      if (alarm === undefined) throw new RangeError(`no alarm ${arn}`);
      const rang = alarm.state === "ALARM" && !alarm.byHand;
      const changes = alarm.state !== to;
      if (changes) Object.assign(alarm, { state: to, changedAt: time.now(), byHand: true });
      if (to === "ALARM") {
        alarm.firingAt = time.now();
        alarm.setAt.push(time.now());
      }
      return { rang, events: changes && to === "ALARM" && acts() ? [{ arn, at: time.now() }] : [] };
    },
    setAt: (arn) => all.find((one) => one.arn === arn)?.setAt ?? [],
    disable: () => {
      enabled = false;
    },
    enable: () => {
      enabled = true;
    },
    isFiring: () => all.some(({ state }) => state === "ALARM"),
    lastFiringAt: (arns) => latest(all.filter(({ arn }) => arns.includes(arn))),
  };
};
