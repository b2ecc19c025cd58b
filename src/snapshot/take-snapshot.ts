import type { OutsideFailure, Result } from "../kernel/result.ts";
import { type EpochMs, MINUTE_MS } from "../kernel/units.ts";
import type { AlarmSeverity, CutoverBindings, Side } from "../signals/bindings.ts";
import { hostsTogether, weakestGroup } from "../signals/hosts.ts";
import { known, type Observation, type Observations, unknown } from "../signals/observation.ts";
import type { AlarmReading, MetricReadings, P99Datum, TargetHealth } from "../signals/ports.ts";
import { isKnownQuiet } from "../signals/quiet-alarms.ts";
import { P99_MIN_REQUESTS } from "./freshness.ts";
import { minuteReadings } from "./minute-readings.ts";
import type { MinuteReadings, Snapshot } from "./snapshot.ts";
import type { TrafficReading } from "./traffic.ts";

type Read<Value> = Result<Value, OutsideFailure>;

/** Everything one tick read, before anything is concluded from it. */
export interface Sightings {
  readonly cutover: CutoverBindings;
  readonly epoch: number;
  readonly tick: EpochMs;
  readonly takenAt: EpochMs;
  /** Healthy blue hosts and stored conflicts when it was armed: today's numbers mean nothing without them. */
  readonly atArm: { readonly blueHosts: number; readonly conflicts: number };
  readonly metrics: Read<MetricReadings>;
  readonly hosts: Read<readonly TargetHealth[]>;
  readonly alarms: Read<readonly AlarmReading[]>;
  readonly traffic: TrafficReading;
  /** What `observe` stored last, each reading with its own `readAt`. */
  readonly streams: Observations;
}

/** Puts what was read into the one immutable picture that this tick, and every later look at it, is judged by. */
export const takeSnapshot = (seen: Sightings): Snapshot => {
  const minutes = seen.metrics.ok ? minuteReadings(seen.metrics.value, seen.tick) : [];
  return {
    cutover: seen.cutover.name,
    epoch: seen.epoch,
    tick: seen.tick,
    takenAt: seen.takenAt,
    instants: {
      ...seen.streams,
      ...conflictInstants(seen),
      ...hostInstants(seen),
      ...trafficInstants(seen.traffic),
      ...alarmInstants(seen),
    },
    minutes,
    p99ForGates: p99Of(seen, minutes, "gates"),
    p99ForRollback: p99Of(seen, minutes, "rollback"),
  };
};

const conflictInstants = (seen: Sightings): Observations => {
  const total = seen.streams["conflicts.total"];
  if (total === undefined) return {};
  if (!total.known || typeof total.value !== "number") return { "conflicts.new": total };
  return { "conflicts.new": known(Math.max(0, total.value - seen.atArm.conflicts), total.readAt) };
};

const hostInstants = (seen: Sightings): Observations => {
  const observed = (side: Side, measure: (hosts: Hosts) => Observation): Observation => {
    const hosts = hostsOf(side, seen.hosts);
    return typeof hosts === "string" ? unknown(hosts, seen.takenAt) : measure(hosts);
  };
  const count = (side: Side, which: keyof Hosts) => observed(side, (hosts) => known(hosts[which], seen.takenAt));
  return {
    "green.healthyHosts": count("green", "healthy"),
    "green.unhealthyHosts": count("green", "unhealthy"),
    "blue.healthyHosts": count("blue", "healthy"),
    "blue.unhealthyHosts": count("blue", "unhealthy"),
    "blue.readyPercent": observed("blue", (hosts) => readyPercent(hosts, seen)),
  };
};

interface Hosts {
  /** Of the target group that has the fewest. */
  readonly healthy: number;
  /** Of all target groups of the side together, as are `healthyTogether`. */
  readonly unhealthy: number;
  readonly healthyTogether: number;
}

/** Of a side, or why nobody knows. */
const hostsOf = (side: Side, hosts: Sightings["hosts"]): Hosts | string => {
  if (!hosts.ok) return hosts.failure.message;
  const weakest = weakestGroup(hosts.value, side);
  if (weakest === null) return `no target group of ${side} was answered`;
  return {
    healthy: weakest.healthy,
    unhealthy: hostsTogether(hosts.value, side, "unhealthy"),
    healthyTogether: hostsTogether(hosts.value, side, "healthy"),
  };
};

/** How many each group had when armed nobody has written down; but one that has none takes nothing back. */
const readyPercent = ({ healthy, healthyTogether }: Hosts, seen: Sightings): Observation =>
  seen.atArm.blueHosts === 0
    ? unknown("blue had no healthy host when armed", seen.takenAt)
    : known(healthy === 0 ? 0 : (100 * healthyTogether) / seen.atArm.blueHosts, seen.takenAt);

const trafficInstants = ({ drift, detail, readAt, greenPercent }: TrafficReading): Observations => ({
  "traffic.ruleInSync": drift === "unreadable" ? unknown(detail, readAt) : known(drift === "in-sync", readAt),
  "traffic.drift": known(drift, readAt),
  "traffic.driftDetail": known(detail, readAt),
  "traffic.ruleGreenPercent": greenPercent === null ? unknown(detail, readAt) : known(greenPercent, readAt),
});

/** Between two ARNs: an alarm's name may hold anything but control characters, blanks too. */
const NEXT_ARN = "\n";

const alarmInstants = (seen: Sightings): Observations => {
  if (!seen.alarms.ok) {
    const why = unknown(seen.alarms.failure.message, seen.takenAt);
    return { "alarms.firing": why, "alarms.unknown": why, "alarms.firingArns": why };
  }
  const read = new Map(seen.alarms.value.map((alarm) => [alarm.arn, alarm]));
  const own = seen.cutover.alarms.map(({ arn }) => ({ arn, alarm: read.get(arn) }));
  const firing = own.flatMap(({ arn, alarm }) => (alarm?.state === "ALARM" ? [arn] : []));
  const quiet = own.filter(({ alarm }) => alarm !== undefined && isKnownQuiet(alarm));
  return {
    "alarms.firing": known(firing.length, seen.takenAt),
    "alarms.unknown": known(own.length - firing.length - quiet.length, seen.takenAt),
    "alarms.firingArns": known(firing.join(NEXT_ARN), seen.takenAt),
  };
};

const textOf = ({ instants }: Snapshot, path: string): string => {
  const seen = instants[path];
  return seen?.known === true ? String(seen.value) : "";
};

const WORST_FIRST: readonly AlarmSeverity[] = ["hard-down", "degraded"];

/** The alarms that were in ALARM, worst first, as the snapshot holds them. */
export const firingAlarms = (
  snapshot: Snapshot,
  cutover: CutoverBindings,
): readonly { readonly arn: string; readonly severity: AlarmSeverity }[] => {
  const arns = textOf(snapshot, "alarms.firingArns").split(NEXT_ARN);
  const firing = cutover.alarms.filter(({ arn }) => arns.includes(arn));
  return WORST_FIRST.flatMap((severity) => firing.filter((alarm) => alarm.severity === severity));
};

/** The rules as the snapshot holds them, so that a second run of the same tick concludes the same. */
export const trafficOf = (snapshot: Snapshot): TrafficReading => {
  const percent = snapshot.instants["traffic.ruleGreenPercent"];
  return {
    readAt: snapshot.instants["traffic.drift"]?.readAt ?? snapshot.takenAt,
    drift: (textOf(snapshot, "traffic.drift") || "unreadable") as TrafficReading["drift"],
    detail: textOf(snapshot, "traffic.driftDetail"),
    greenPercent: percent?.known === true && typeof percent.value === "number" ? percent.value : null,
  };
};

const p99Of = (seen: Sightings, minutes: readonly MinuteReadings[], use: P99Datum["use"]): Observations => {
  const { metrics, takenAt } = seen;
  const ofSide = (side: Side): Observation => {
    if (!metrics.ok) return unknown(metrics.failure.message, takenAt);
    const datum = metrics.value.p99.find((one) => one.of === side && one.use === use);
    if (datum === undefined) return unknown("p99 was not answered", metrics.value.readAt);
    if (datum.p99Ms === null) return unknown("no response in those three minutes", metrics.value.readAt);
    const requests = minutes
      .filter((minute) => minute.at >= datum.from && minute.at + MINUTE_MS <= datum.to)
      .reduce((sum, minute) => sum + (minute.values[`${side}.requests`] ?? 0), 0);
    return requests < P99_MIN_REQUESTS
      ? unknown(`${requests} requests in those three minutes, a p99 needs ${P99_MIN_REQUESTS}`, metrics.value.readAt)
      : known(datum.p99Ms, metrics.value.readAt);
  };
  return { "green.p99Ms": ofSide("green"), "blue.p99Ms": ofSide("blue") };
};
