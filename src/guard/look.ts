import { classify, type DesiredRules, observeRoutes } from "../actuation/drift.ts";
import { greenElsewhere } from "../actuation/intruders.ts";
import type { RouteSight } from "../actuation/observed-route.ts";
import type { ObservedListener } from "../actuation/rules-port.ts";
import type { Obstacle } from "../decision/blocking.ts";
import type { CutoverState } from "../decision/state.ts";
import { type DurationMs, type EpochMs, earlier, MINUTE_MS } from "../kernel/units.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { hasPlainRoute } from "../signals/routes.ts";
import type { Snapshots } from "../snapshot/evidence.ts";
import { SNAPSHOT_MINUTES } from "../snapshot/freshness.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { takeSnapshot } from "../snapshot/take-snapshot.ts";
import type { TrafficReading } from "../snapshot/traffic.ts";
import { desiredRules } from "./desired-rules.ts";
import { READ_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts, Observed } from "./ports.ts";
import { ledgerStuck, snapshotsUnread, snapshotUnstored } from "./table-trouble.ts";

export type LookPorts = Pick<GuardPorts, "clock" | "metrics" | "hosts" | "alarms" | "rules" | "observed" | "snapshots">;

/** What one tick sees, and what was wrong with the looking. */
export interface Look {
  /** Of this epoch, oldest first; the last is this tick's, as stored by whichever run of it came first. */
  readonly snapshots: Snapshots;
  /** Whether the last of them is known to be in the table; another run of this tick may have stored one of its own. */
  readonly isStored: boolean;
  /** The routes as read by this very run: settling an intent must not rest on an older read. */
  readonly sights: readonly RouteSight[];
  /** When reading the routes began: what they show is at most S older than this, and may be older than its end. */
  readonly sightsSince: EpochMs;
  readonly observed: Observed | null;
  readonly trouble: readonly Obstacle[];
}

/** Reads everything at once, puts it into a snapshot, and stores it before anything is concluded from it. */
export const look = async (
  ports: LookPorts,
  cutover: CutoverBindings,
  state: CutoverState,
  tick: EpochMs,
  lookBackMs: DurationMs,
): Promise<Look> => {
  // The oldest minute this snapshot can still say something new about, and everything a rule looks back over from there.
  const from = earlier(tick, SNAPSHOT_MINUTES * MINUTE_MS + lookBackMs);
  const [metrics, hosts, alarms, routes, observed, earlierOnes] = await Promise.all([
    ports.metrics.read(cutover, tick, READ_TIMEOUT_MS),
    ports.hosts.read(cutover, READ_TIMEOUT_MS),
    ports.alarms.read(
      cutover.alarms.map(({ arn }) => arn),
      READ_TIMEOUT_MS,
    ),
    readRoutes(ports, cutover, "load balancer"),
    // Of the tick before, always: this tick's is still on its way. Taking it whenever it happens to be first would leave
    // the minute after it without an observation, and thin evidence out of nothing but a race.
    ports.observed.latest(cutover.name, earlier(tick, MINUTE_MS), STATE_TIMEOUT_MS),
    ports.snapshots.range(cutover.name, state.epoch, from, earlier(tick, MINUTE_MS), READ_TIMEOUT_MS),
  ]);
  const taken = takeSnapshot({
    cutover,
    epoch: state.epoch,
    tick,
    takenAt: ports.clock.now(),
    atArm: { blueHosts: state.blueHostsAtArm, conflicts: state.conflictsAtArm },
    metrics,
    hosts,
    alarms,
    traffic: routes.reading(desiredRules(state)),
    streams: observed.ok ? (observed.value?.observations ?? {}) : {},
  });
  const stored = await ports.snapshots.putOnce(taken, STATE_TIMEOUT_MS);
  const own: Snapshot = stored.ok ? stored.value : taken;
  return {
    snapshots: [...(earlierOnes.ok ? earlierOnes.value : []), own],
    isStored: stored.ok,
    sights: routes.sights,
    sightsSince: routes.since,
    observed: observed.ok ? observed.value : null,
    trouble: [
      ...(stored.ok ? [] : [snapshotUnstored(stored.failure.message)]),
      ...(earlierOnes.ok ? [] : [snapshotsUnread(earlierOnes.failure.message)]),
      ...ledgerStuck(state, tick),
      ...(hasPlainRoute(cutover) && state.withoutPin === undefined ? [unacknowledged] : []),
    ],
  };
};

export interface RoutesRead {
  /** When the reading began. */
  readonly since: EpochMs;
  readonly sights: readonly RouteSight[];
  /** A way to green beside the routes, in the listeners that were read; null where there is none. */
  readonly elsewhere: string | null;
  /** What could not be read, a sentence each. */
  readonly failures: readonly string[];
  readonly reading: (desired: DesiredRules) => TrafficReading;
}

/**
 * The listeners of the routes, and in the second scope all others of the load balancer, read once each. One that cannot
 * be read is never foreign, and keeps the whole from being in sync: what is wrong in the others is wrong all the same.
 * Going back reads the routes alone: what it needs most it gets by the fewest calls.
 */
export const readRoutes = async (
  ports: Pick<GuardPorts, "clock" | "rules">,
  cutover: CutoverBindings,
  scope: "routes" | "load balancer" = "routes",
): Promise<RoutesRead> => {
  const since = ports.clock.now();
  const routed = new Set(cutover.routes.map(({ listenerArn }) => listenerArn));
  const [own, others] = await Promise.all([
    readListeners(ports, [...routed]),
    scope === "routes" ? NOTHING_READ : readOthers(ports, cutover, routed),
  ]);
  const readAt = ports.clock.now();
  const isPart = own.failures.length > 0;
  const seen = observeRoutes(isPart ? routesOn(cutover, own.listeners) : cutover, own.listeners);
  const elsewhere = greenElsewhere(cutover.routes, [...own.listeners, ...others.listeners]);
  const failures = [...own.failures, ...others.failures];
  const reading = (desired: DesiredRules): TrafficReading => {
    const shown = classify(seen, desired, readAt, elsewhere);
    if (failures.length === 0) return shown;
    const isWrong = shown.drift !== "in-sync" && shown.drift !== "unreadable";
    const { drift, detail } = isWrong ? shown : { drift: "unreadable" as const, detail: failures.join("; ") };
    return { readAt, drift, detail, greenPercent: null };
  };
  return { since, sights: isPart ? [] : seen, elsewhere, failures, reading };
};

/** The cutover with the routes alone whose listener was read. */
const routesOn = (cutover: CutoverBindings, listeners: readonly ObservedListener[]): CutoverBindings => {
  const read = new Set(listeners.map(({ listenerArn }) => listenerArn));
  return { ...cutover, routes: cutover.routes.filter(({ listenerArn }) => read.has(listenerArn)) };
};

interface ListenersRead {
  readonly listeners: readonly ObservedListener[];
  readonly failures: readonly string[];
}

const NOTHING_READ: ListenersRead = { listeners: [], failures: [] };

const readListeners = async ({ rules }: Pick<GuardPorts, "rules">, arns: readonly string[]): Promise<ListenersRead> => {
  const reads = await Promise.all(arns.map((arn) => rules.readListener(arn, READ_TIMEOUT_MS)));
  return {
    listeners: reads.flatMap((read) => (read.ok ? [read.value] : [])),
    failures: reads.flatMap((read) => (read.ok ? [] : [read.failure.message])),
  };
};

/** The listeners beside the routes: the only question to them is whether one of them leads to green. */
const readOthers = async (
  ports: Pick<GuardPorts, "rules">,
  { loadBalancerArn }: CutoverBindings,
  routed: ReadonlySet<string>,
): Promise<ListenersRead> => {
  const listed = await ports.rules.listListeners(loadBalancerArn, READ_TIMEOUT_MS);
  if (!listed.ok) return { listeners: [], failures: [listed.failure.message] };
  return readListeners(
    ports,
    listed.value.filter((arn) => !routed.has(arn)),
  );
};

/** The bindings have lost a pin that it was armed with: nobody has said that they know what that gives up. */
const unacknowledged: Obstacle = {
  what: "plain-mode",
  value: "a route of the deployed bindings has no pin",
  threshold: "armed with --without-pin",
  clears: "the bindings it was armed with are deployed, or it is rolled back and armed again",
};
