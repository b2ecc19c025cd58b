import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { MetricReadings } from "../../../src/signals/ports.ts";
import type { Run } from "../world/run.ts";
import type { World } from "../world/world.ts";
import { SKEW_MS } from "./assumed.ts";

export interface Gaps {
  /** What nobody could know. */
  readonly missing: readonly string[];
  /** What was known to be bad. */
  readonly bad: readonly string[];
}

export type MetricsShown = MetricReadings | undefined;

/** What was shown of the metrics, newest first. */
type Shown = readonly MetricsShown[];

/** How long a minute is shown again by every later look. */
const LOOKS = 5;

/** A minute that a look did not get is what the look before it got, within one epoch. */
const shownUpTo = (world: World, run: Run, tick: number): Shown =>
  Array.from({ length: LOOKS }, (_, back) => world.table.servedAt(tick - back * MINUTE_MS)).flatMap((one) =>
    one?.seen?.state.epoch === run.seen?.state.epoch ? [one?.served.metrics] : [],
  );

const valueAt = (metrics: MetricReadings | undefined, of: string, metric: string, at: number): number | undefined =>
  metrics?.series.find((one) => one.of === of && one.metric === metric)?.minutes.find((minute) => minute.at === at)
    ?.value;

/** What one look showed of green in one minute. */
export const shownMinute = (metrics: MetricsShown, metric: "requests" | "errors5xx", at: number): number | undefined =>
  valueAt(metrics, "green", metric, at);

const minutesOf = ([from, to]: readonly [number, number]): readonly number[] =>
  Array.from({ length: (to - from) / MINUTE_MS }, (_, index) => from + index * MINUTE_MS);

/** Requests of a side over minutes that begin in [from, to); null where one of them was never shown. */
const requestsIn = (shown: Shown, of: string, span: readonly [number, number]): number | null =>
  minutesOf(span).reduce<number | null>((sum, at) => {
    const value = shown.map((metrics) => valueAt(metrics, of, "requests", at)).find((one) => one !== undefined);
    return sum === null || value === undefined ? null : sum + value;
  }, 0);

/** Errors, each minute by the newest look that got its requests. */
const errorsIn = (shown: Shown, of: string, span: readonly [number, number]): number =>
  minutesOf(span).reduce((sum, at) => {
    const look = shown.find((metrics) => valueAt(metrics, of, "requests", at) !== undefined);
    return sum + (valueAt(look, of, "errors5xx", at) ?? 0);
  }, 0);

/**
 * What the world showed to the run whose snapshot counted, held against the limits of the committed policies. A small
 * second reading of them by hand: it knows nothing of gates, snapshots or verdicts.
 * @param judgedAt when it was judged at the latest, if not when it was read: a run may be frozen in between.
 */
export const evidenceGaps = (world: World, tick: number, level: number, judgedAt?: number): Gaps => {
  const run = world.table.servedAt(tick);
  if (run === null) return { missing: ["the tick's snapshot was never stored"], bad: [] };
  const missing: string[] = [];
  const bad: string[] = [];
  const span = [tick - 5 * MINUTE_MS, tick - 2 * MINUTE_MS] as const;
  const shown = shownUpTo(world, run, tick);
  if (level > 0) {
    const requests = requestsIn(shown, "green", span);
    if (requests === null) missing.push("requests of green");
    else if (requests < 150) bad.push(`${requests} requests of green`);
    else if (errorsIn(shown, "green", span) > 0.01 * requests) bad.push("errors of green");
    if (isSlow(run, level)) bad.push("p99 of green");
  }
  const all = requestsIn(shown, "lb", span);
  if (all === null) missing.push("requests of the load balancer");
  else if (errorsIn(shown, "lb", span) > 0.01 * all) bad.push("errors of the load balancer");
  hostGaps(world, run, missing, bad);
  streamGaps(run, judgedAt ?? run.startedAt, missing, bad);
  return { missing, bad };
};

/** At 100 % nobody is left to compare green with. */
const isSlow = ({ served }: Run, level: number): boolean => {
  const p99 = (of: string) => served.metrics?.p99.find((one) => one.of === of && one.use === "gates")?.p99Ms ?? 0;
  return p99("green") > (level === 100 ? 400 : Math.max(400, 1.2 * p99("blue")));
};

const hostGaps = (world: World, run: Run, missing: string[], bad: string[]): void => {
  const { hosts, alarms } = run.served;
  const healthy = (side: string) => hosts?.find((group) => group.side === side)?.healthy ?? 0;
  if (hosts === undefined) missing.push("hosts");
  else {
    if (healthy("green") < world.cutover.expectedHosts) bad.push("hosts of green");
    if (healthy("blue") < (world.state()?.blueHostsAtArm ?? 0)) bad.push("hosts of blue");
  }
  if (alarms === undefined) missing.push("alarms");
  else if (alarms.some(({ state }) => state !== "OK")) bad.push("an alarm");
};

const STREAM_LIMITS: readonly (readonly [name: string, holds: (value: unknown) => boolean])[] = [
  ["state", (value) => value === "RUNNING"],
  ["tasksRunning", (value) => value === 2],
  ["lagRecords", (value) => typeof value === "number" && value <= 100],
  ["lagSeconds", (value) => typeof value === "number" && value <= 5],
  ["stalled", (value) => value === false],
  ["dataGap", (value) => value === false],
];

/** What may have grown too old to be judged by then says nothing either way. */
const isOld = (ageMs: number): boolean => ageMs > 90_000 - SKEW_MS;

const streamGaps = (run: Run, judgedAt: number, missing: string[], bad: string[]): void => {
  const observations = run.served.observed?.observations ?? {};
  for (const stream of ["forward", "reverse"])
    for (const [name, holds] of STREAM_LIMITS) {
      const seen = observations[`${stream}.${name}`];
      const stale = seen !== undefined && run.startedAt - seen.readAt > 90_000 + SKEW_MS;
      if (seen?.known !== true || stale) missing.push(`${stream}.${name}`);
      else if (!holds(seen.value) && !isOld(judgedAt - seen.readAt)) bad.push(`${stream}.${name}`);
    }
};

/**
 * Whether the run saw everything that blindness is about. A run that is frozen between its reading and its judging sees
 * what has grown too old by then: so what it committed `at` must not have been too old even then.
 */
export const wasSighted = (run: Run, tick: number, at: number): boolean => {
  const span = [tick - 6 * MINUTE_MS, tick] as const;
  const { metrics, hosts, observed } = run.served;
  const lag = (stream: string) => {
    const seen = observed?.observations[`${stream}.lagRecords`];
    return seen?.known === true && at - seen.readAt < 80_000;
  };
  return requestsIn([metrics], "green", span) !== null && hosts !== undefined && lag("forward") && lag("reverse");
};
