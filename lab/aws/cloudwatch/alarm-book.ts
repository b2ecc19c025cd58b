import { type EpochMs, epochMs, minuteOf } from "../../../src/kernel/units.ts";
import type { LabClock } from "../../clock.ts";
import type { AlarmTransition } from "../contracts.ts";
import { AwsFault } from "../wire/fault.ts";
import { type AlarmConfiguration, type AlarmInput, acceptAlarm, sampleCountQuery } from "./alarm-configuration.ts";
import { alarmTransition, type ShownState } from "./alarm-events.ts";
import { explained } from "./alarm-reason.ts";
import { type AlarmState, evaluateAlarm, evaluationRange } from "./alarm-state.ts";
import type { MetricStore } from "./metric-store.ts";

export interface Alarm {
  configuration: AlarmConfiguration;
  state: ShownState;
  configuredAt: EpochMs;
}

/** All alarms of the account: their configuration, their state, and who is told when a state changes. */
export class AlarmBook {
  readonly #store: MetricStore;
  readonly #clock: LabClock;
  readonly #alarms = new Map<string, Alarm>();
  readonly #listeners = new Set<(transition: AlarmTransition) => void>();
  readonly #mutes = new Map<string, ReadonlySet<string>>();

  constructor(store: MetricStore, clock: LabClock) {
    this.#store = store;
    this.#clock = clock;
  }

  get alarms(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  /** A new alarm begins in INSUFFICIENT_DATA; a changed one keeps its state (aws.md 3, treatMissingData). */
  put(input: AlarmInput): Alarm {
    const configuration = acceptAlarm(input);
    const at = this.#clock.now();
    const known = this.#alarms.get(configuration.name);
    const state: ShownState = { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation", at };
    const alarm: Alarm = { configuration, configuredAt: at, state: known?.state ?? state };
    this.#alarms.set(configuration.name, alarm);
    return alarm;
  }

  delete(name: string): void {
    this.#named(name);
    this.#alarms.delete(name);
  }

  setActionsEnabled(name: string, enabled: boolean): void {
    const alarm = this.#named(name);
    alarm.configuration = acceptAlarm({ ...alarm.configuration.input, ActionsEnabled: enabled });
  }

  /** Forces a state; the next evaluation takes it back where the metrics say otherwise. */
  setState(
    name: string,
    to: { readonly value: AlarmState; readonly reason: string; readonly reasonData?: string },
  ): void {
    this.#move(this.#named(name), { ...to, at: this.#clock.now() });
  }

  /** Silences actions, as a mute rule in force does: alarms go on changing their state, and events tell of it (aws.md 3). */
  mute(rule: string, alarmNames: readonly string[]): () => void {
    this.#mutes.set(rule, new Set(alarmNames));
    return () => {
      this.#mutes.delete(rule);
    };
  }

  /** The names of the mute rules in force for an alarm. */
  mutesOf(alarmName: string): readonly string[] {
    return [...this.#mutes].filter(([, names]) => names.has(alarmName)).map(([rule]) => rule);
  }

  /** @returns what takes the listener off again. */
  onTransition(listener: (transition: AlarmTransition) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Judges every alarm by what is visible now of the periods that have ended. Called once a minute of lab time. */
  evaluate(): void {
    for (const alarm of this.#alarms.values()) this.#evaluateOne(alarm);
  }

  #evaluateOne(alarm: Alarm): void {
    const { configuration, state } = alarm;
    const { watched } = configuration;
    const to = minuteOf(this.#clock.now());
    const from = to - evaluationRange(configuration) * watched.periodMs;
    if (this.#hasTooFewSamples(configuration, to)) return;
    const points = watched.compute(this.#store, from, to);
    const range = Array.from({ length: evaluationRange(configuration) }, (_, index) => {
      const at = from + index * watched.periodMs;
      const value = points.get(at);
      return value === undefined ? undefined : { at, value };
    });
    const evaluation = evaluateAlarm(configuration, range);
    if (evaluation.state === null || evaluation.state === state.value) return;
    const change = { from: state.value, to: evaluation.state, at: this.#clock.now() };
    this.#move(alarm, explained(configuration, evaluation, change));
  }

  #hasTooFewSamples(configuration: AlarmConfiguration, to: EpochMs): boolean {
    if (configuration.minSamples === 0) return false;
    const from = epochMs(to - configuration.evaluationPeriods * configuration.watched.periodMs);
    const counts = sampleCountQuery(configuration)?.compute(this.#store, from, to) ?? new Map<number, number>();
    return [...counts.values()].reduce((total, count) => total + count, 0) < configuration.minSamples;
  }

  /** Actions and events happen on a change only: an alarm that already is in ALARM tells nobody (aws.md 0, row 12). */
  #move(alarm: Alarm, to: ShownState): void {
    const from = alarm.state;
    if (from.value === to.value) return;
    alarm.state = to;
    const told = alarmTransition(alarm.configuration, from, to);
    const muted = this.mutesOf(alarm.configuration.name).length > 0;
    const transition = muted ? { ...told, actionArns: [] } : told;
    for (const listener of this.#listeners) listener(transition);
  }

  #named(name: string): Alarm {
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) throw new AwsFault("ResourceNotFound", `Unknown alarm ${name}`);
    return alarm;
  }
}
