import { epochMs } from "../../../src/kernel/units.ts";
import type { AlarmReading } from "../../../src/signals/ports.ts";
import { type Composite, isReplaced } from "../composites.ts";
import type { Faults } from "../faults/faults.ts";
import { type AlarmEvent, type Alarms, latest } from "./alarms.ts";

/** Whose ALARM keeps composite alarms from acting, where they have one. */
const SUPPRESSOR = "maintenance";

interface Standing {
  readonly composite: Composite;
  state: AlarmReading["state"];
  changedAt: number;
  byHand: boolean;
  /** It changed to ALARM, and has told nobody yet. */
  isHeldBack: boolean;
  /** What its children were when it was last worked out: nothing else makes it change. */
  of: string;
  firingAt: number | null;
  readonly setAt: number[];
}

export interface CompositesSettings {
  readonly composites: readonly Composite[];
  readonly time: { now(): number };
  readonly faults: Faults;
}

/** Alarms over others beside those: worked out anew only where a child has changed, and silent while suppressed. */
export const withComposites = (metric: Alarms, { composites, time, faults }: CompositesSettings): Alarms => {
  const all: Standing[] = composites.map((composite) => ({
    ...{ composite, state: "OK" as const, changedAt: time.now(), byHand: false },
    ...{ isHeldBack: false, of: "", firingAt: null, setAt: [] },
  }));
  let enabled = true;
  const isSuppressed = (): boolean => faults.spell("alarm-suppressed", time.now()) !== null;
  const acts = (): boolean => enabled && faults.spell("alarm-muted", time.now()) === null;
  const named = (arn: string | undefined) => all.find(({ composite }) => composite.arn === arn);

  const changes = (one: Standing, state: "OK" | "ALARM", byHand: boolean): void => {
    if (state === "ALARM") one.firingAt = time.now();
    if (one.state === state) {
      // What was set by hand, and comes to the same by its children, is theirs from then on.
      one.byHand &&= byHand;
      return;
    }
    if (state === "ALARM" && isSuppressed()) faults.count("alarm-suppressed");
    Object.assign(one, { state, changedAt: time.now(), byHand, isHeldBack: state === "ALARM" });
  };

  const workOut = (one: Standing): void => {
    const children = metric.readings(one.composite.children.map(({ arn }) => arn)).map(({ state }) => state);
    if (children.join() === one.of) return;
    one.of = children.join();
    const rings = (state: string): boolean => state === "ALARM";
    const isOn = one.composite.of === "any" ? children.some(rings) : children.every(rings);
    changes(one, isOn ? "ALARM" : "OK", false);
  };

  /** Who could not act as it changed acts as soon as it may: from ALARM to ALARM, and of then. */
  const calls = (one: Standing): readonly AlarmEvent[] => {
    if (!one.isHeldBack || isSuppressed()) return [];
    one.isHeldBack = false;
    if (!acts()) return [];
    const again = one.changedAt < time.now();
    if (again) one.changedAt = time.now();
    return [{ arn: one.composite.arn, at: time.now(), ...(again ? { was: "ALARM" as const } : {}) }];
  };

  const evaluated = (): readonly AlarmEvent[] => {
    for (const one of all) {
      workOut(one);
      if (one.state === "ALARM") one.firingAt = time.now();
    }
    return all.flatMap(calls);
  };

  /** The actions of children that a composite stands for are off. */
  const heard = (events: readonly AlarmEvent[]) => events.filter(({ arn }) => !isReplaced(arn, composites));

  return {
    ...metric,
    readings: (arns) => [
      ...metric.readings(arns),
      ...all
        .filter(({ composite }) => arns.includes(composite.arn))
        .map(({ composite, state, changedAt }) => ({
          ...{ arn: composite.arn, state, stateChangedAt: epochMs(changedAt), suppressor: SUPPRESSOR },
          ...{ actionsEnabled: acts(), actions: ["rollback"] },
        })),
    ],
    evaluate: (minute) => [...heard(metric.evaluate(minute)), ...evaluated()],
    setOff: (arn) => {
      const one = arn === undefined ? all[0] : named(arn);
      if (one === undefined) return metric.setOff(arn);
      changes(one, "ALARM", false);
      one.isHeldBack = false;
      return { arn: one.composite.arn, at: time.now() };
    },
    set: (arn, to) => {
      const one = named(arn);
      if (one === undefined) {
        const { rang, events } = metric.set(arn, to);
        return { rang, events: [...heard(events), ...evaluated()] };
      }
      const rang = one.state === "ALARM" && !one.byHand;
      changes(one, to, true);
      if (to === "ALARM") one.setAt.push(time.now());
      return { rang, events: calls(one) };
    },
    setAt: (arn) => named(arn)?.setAt ?? metric.setAt(arn),
    disable: () => {
      metric.disable();
      enabled = false;
    },
    enable: () => {
      metric.enable();
      enabled = true;
    },
    isFiring: () => metric.isFiring() || all.some(({ state }) => state === "ALARM"),
    lastFiringAt: (arns) =>
      latest([{ firingAt: metric.lastFiringAt(arns) }, ...all.filter(({ composite }) => arns.includes(composite.arn))]),
  };
};
