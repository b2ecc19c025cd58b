import type { ObservedListener } from "../../../src/actuation/rules-port.ts";
import type { CutoverState } from "../../../src/decision/state.ts";
import type { Observed } from "../../../src/guard/ports.ts";
import type { AlarmReading, MetricReadings, TargetHealth } from "../../../src/signals/ports.ts";
import type { Faults } from "../faults/faults.ts";
import type { AlarmEvent } from "./alarms.ts";
import { type Dice, diceOf } from "./dice.ts";
import { fateOf, MAX_SKEW_MS } from "./run-fate.ts";
import type { Timeline } from "./timeline.ts";

export type RunKind = "tick" | "observe" | "promote" | "rollback" | "decommission" | "operator" | "rehearsal";

/** Hard time-outs as the guard allows for them: fifteen times those of the template where it says so. */
const LIFE_MS: Readonly<Record<RunKind, number>> = {
  tick: 30_000,
  observe: 150_000,
  promote: 150_000,
  rollback: 300_000,
  decommission: 60_000,
  operator: 600_000,
  // On somebody's machine, which may sleep for longer than its hold on the first step lasts.
  rehearsal: 4_000_000,
};

/** On whose word a run sends everything to blue. */
export type Back =
  | { readonly by: "operator" | "promote" }
  /** `calls`: by these, where there are any. `isStrange`: something else in its event is nothing it can answer. */
  | { readonly by: "alarm"; readonly calls: readonly AlarmEvent[]; readonly isStrange: boolean };

/** What the world told one run; a checker asks for this, never for what the run made of it. */
export interface Served {
  metrics?: MetricReadings;
  hosts?: readonly TargetHealth[];
  alarms?: readonly AlarmReading[];
  readonly listeners: ObservedListener[];
  observed?: Observed | null;
  /** It was not given the snapshots of the ticks before: of their minutes it knows what it read itself. */
  isAlone?: true;
}

/** One process of the guard, from its start to its end or its death. */
export interface Run {
  readonly kind: RunKind;
  readonly tick: number | null;
  readonly startedAt: number;
  readonly diesAt: number;
  readonly served: Served;
  /** It was begun to send everything to blue; null: it was not. */
  readonly back: Back | null;
  /** Nothing it says to the table arrives there. Rollback's alone: everybody else does nothing without the table. */
  readonly isCutOff: boolean;
  /** The item as this run last had it from the table, and when. */
  seen: { readonly at: number; readonly state: CutoverState } | null;
  /** The table has not answered to it: what the item holds may be other than what it has seen since. */
  unanswered: boolean;
  /** It has had rollback called, which asks in its place. */
  calledRollback: boolean;
  /** Why its invocation was a failed one to Lambda, which tries again and tells somebody; null where it was none. */
  failed: string | null;
  now(): number;
  sleep(forMs: number): Promise<void>;
  /** Stands still for any part of the life that is left, and then goes on; the clock it reads goes on meanwhile. */
  stands(dice: Dice): Promise<void>;
  /**
   * One await of the run: `effect` comes about `arrivesMs` later, whether or not the run lives to see it; its answer is
   * seen `answersMs` after that. A dead run never comes back.
   */
  call<Value>(arrivesMs: number, effect: () => Value, answersMs?: number): Promise<Value>;
  /** A call that only looks, which whoever waits for something does over and over. */
  look<Value>(arrivesMs: number, effect: () => Value): Promise<Value>;
  isOver(): boolean;
  /** Calls that were begun and whose answer has not been seen. */
  open(): number;
  end(): void;
}

/** Never settles: what a process waits for when it is gone. A new one each time, or all who ever waited would be kept. */
const gone = (): Promise<never> => new Promise(() => {});

const inBounds = (skewMs: number): number => Math.max(-MAX_SKEW_MS, Math.min(MAX_SKEW_MS, skewMs));

export interface RunSettings {
  readonly kind: RunKind;
  readonly tick: number | null;
  readonly back: Back | null;
  readonly seed: number;
  readonly time: Timeline;
  readonly faults: Faults;
}

export const startRun = ({ kind, tick, back, seed, time, faults }: RunSettings): Run => {
  const startedAt = time.now();
  const diesAt = startedAt + LIFE_MS[kind];
  const fate = fateOf(faults, kind, LIFE_MS[kind], startedAt);
  let skewMs = faults.strikes("clock-skew", startedAt)
    ? diceOf(seed, `skew ${kind} ${startedAt}`).between(-MAX_SKEW_MS, MAX_SKEW_MS)
    : 0;
  /** Calls so far. */
  const made = { calls: 0, acts: 0 };
  let dead = false;
  let open = 0;
  const isOver = (): boolean => dead || time.now() > diesAt;
  type Made = Readonly<typeof made>;
  const dies = (now: Made, after: boolean): boolean => {
    if (fate.kill === null || fate.kill.call !== now[fate.kill.of] || fate.kill.after !== after) return false;
    dead = true;
    return true;
  };
  const freezes = (now: Made, after: boolean): number | null =>
    fate.freeze !== null && fate.freeze.call === now[fate.freeze.of] && fate.freeze.after === after
      ? fate.freeze.forMs
      : null;

  /** What a call's answer waits for beyond its own time; null: nobody is there any more to see it. */
  const answerDelay = (now: Made, answersMs: number): number | null =>
    dies(now, true) ? null : answersMs + (freezes(now, true) ?? 0);

  const begin = <Value>(now: Made, arrivesMs: number, effect: () => Value, answersMs: number): Promise<Value> => {
    if (fate.step?.call === now.calls) skewMs = inBounds(skewMs + fate.step.byMs);
    if (isOver() || dies(now, false)) return gone();
    open += 1;
    return new Promise((resolve, reject) => {
      const answered = (value: Awaited<ReturnType<typeof effect>>): void => {
        if (isOver()) return;
        open -= 1;
        resolve(value);
      };
      const arrive = (): void => {
        try {
          const value = effect();
          const delayMs = answerDelay(now, answersMs);
          if (delayMs === 0) answered(value as Awaited<typeof value>);
          else if (delayMs !== null) time.at(time.now() + delayMs, () => answered(value as Awaited<typeof value>));
        } catch (error) {
          reject(error);
        }
      };
      const leave = (): void => {
        if (!isOver()) time.at(time.now() + arrivesMs, arrive);
      };
      const frozenMs = freezes(now, false);
      if (frozenMs === null) leave();
      else time.at(time.now() + frozenMs, leave);
    });
  };

  const call: Run["call"] = (arrivesMs, effect, answersMs = 0) => {
    made.calls += 1;
    made.acts += 1;
    return begin({ ...made }, arrivesMs, effect, answersMs);
  };
  const look: Run["look"] = (arrivesMs, effect) => {
    made.calls += 1;
    // Between two acts no act is due: what has its place at one is not due here again.
    return begin({ calls: made.calls, acts: 0 }, arrivesMs, effect, 0);
  };

  return {
    ...{ kind, tick, back, startedAt, diesAt, call, look },
    served: { listeners: [] },
    isCutOff: kind === "rollback" && faults.strikes("table-cut-off", startedAt),
    seen: null,
    unanswered: false,
    calledRollback: false,
    failed: null,
    now: () => time.now() + skewMs,
    sleep: (forMs) => look(forMs, () => {}),
    stands: (dice) => call(dice.between(1_000, Math.max(1_000, diesAt - time.now())), () => {}),
    isOver,
    open: () => open,
    end: () => {
      dead = true;
    },
  };
};
