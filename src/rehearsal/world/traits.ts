import { MINUTE_MS } from "../../kernel/units.ts";
import type { Scenario, SideModel, SideTraits, Span } from "./scenario.ts";

export const isWithin = ({ fromMs, toMs }: Span, atMs: number): boolean => atMs >= fromMs && atMs < toMs;

const within = <One extends Span>(spans: readonly One[], atMs: number): readonly One[] =>
  spans.filter((span) => isWithin(span, atMs));

/** What a side is like at a time after arming. */
const traitsAt = ({ changes, ...traits }: SideModel, atMs: number): SideTraits =>
  Object.assign({}, traits, ...within(changes, atMs).map((change) => change.traits));

/** What holds in one minute: constant within it, and looked up once. */
export interface MinuteTraits {
  readonly blue: SideTraits;
  readonly green: SideTraits;
  readonly hosts: { readonly blue: number; readonly green: number };
  /** Requests a minute, both sides together. */
  readonly requestsPerMinute: number;
  /** Green is worse than the scenario allows. */
  readonly greenIsBad: boolean;
  /** Share of green's requests that fail beyond those that would have failed on blue. */
  readonly harm: number;
}

const failing = ({ errorRate, refusedRate }: SideTraits): number => refusedRate + (1 - refusedRate) * errorRate;

/** The world of one minute, counted from arming; minutes before it are like the first. */
export const minuteTraits = (scenario: Scenario, minute: number): MinuteTraits => {
  const atMs = Math.max(0, minute) * MINUTE_MS;
  const [blue, green] = [traitsAt(scenario.blue, atMs), traitsAt(scenario.green, atMs)];
  const { changes, ...planned } = scenario.hosts;
  const hosts: typeof planned = Object.assign({}, planned, ...within(changes, atMs));
  const { bad } = scenario;
  return {
    blue,
    green,
    hosts: { blue: hosts.blue, green: hosts.green },
    requestsPerMinute: requestsAt(scenario, minute),
    greenIsBad: failing(green) > bad.errorRate || green.p99Ms > bad.p99Ms || hosts.green === 0,
    harm: Math.max(0, failing(green) - failing(blue)),
  };
};

const requestsAt = ({ traffic, startHour }: Scenario, minute: number): number => {
  const { amplitude, peakHour } = traffic.daily;
  const hour = startHour + minute / 60;
  return traffic.requestsPerMinute * (1 + amplitude * Math.cos((2 * Math.PI * (hour - peakHour)) / 24));
};

/** `minuteTraits` of every minute that a run can ask for, worked out once for all runs of a scenario. */
export const traitsOfScenario = (scenario: Scenario): ((minute: number) => MinuteTraits) => {
  const known = new Map<number, MinuteTraits>();
  return (minute) => {
    const traits = known.get(minute) ?? minuteTraits(scenario, minute);
    known.set(minute, traits);
    return traits;
  };
};
