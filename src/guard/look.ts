import { classify, type DesiredRules, observeRoutes } from "../actuation/drift.ts";
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
import { READ_TIMEOUT_MS, STATE_TIMEOUT_MS } from "./limits.ts";
import type { GuardPorts, Observed } from "./ports.ts";

export type LookPorts = Pick<GuardPorts, "clock" | "metrics" | "hosts" | "alarms" | "rules" | "observed" | "snapshots">;

/** What one tick sees, and what was wrong with the looking. */
export interface Look {
  /** Of this epoch, oldest first; the last is this tick's, as stored by whichever run of it came first. */
  readonly snapshots: Snapshots;
  /** The routes as read by this very run: settling an intent must not rest on an older read. */
  readonly sights: readonly RouteSight[];
  /** When reading the routes began: what they show is at most S older than this, and may be older than its end. */
  readonly sightsSince: EpochMs;
  readonly observed: Observed | null;
  readonly trouble: readonly Obstacle[];
}

/** The rules that this state asks for. */
export const desiredRules = (state: CutoverState): DesiredRules => {
  const { intent } = state;
  if (state.latch?.mode === "snapped" && state.wayBack === "open") return { greenPercent: 0, pin: ["raised", "none"] };
  if (state.wayBack !== "open") return { greenPercent: state.weightPercent, pin: ["parked", "gone", "none"] };
  if (intent?.kind === "lowerPin") return { greenPercent: 0, pin: ["parked", "raised", "none"] };
  return {
    greenPercent: state.weightPercent,
    ...(intent === undefined ? {} : { alsoGreenPercent: intent.to }),
    pin: ["parked", "none"],
  };
};

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
    readRoutes(ports, cutover),
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
    sights: routes.sights,
    sightsSince: routes.since,
    observed: observed.ok ? observed.value : null,
    trouble: [
      ...(stored.ok ? [] : [unstored(stored.failure.message)]),
      ...(hasPlainRoute(cutover) && state.withoutPin === undefined ? [unacknowledged] : []),
    ],
  };
};

export interface RoutesRead {
  /** When the reading began. */
  readonly since: EpochMs;
  readonly sights: readonly RouteSight[];
  readonly reading: (desired: DesiredRules) => TrafficReading;
}

/** Every listener of the cutover, read once each. One that cannot be read makes the whole unreadable, never foreign. */
export const readRoutes = async (
  ports: Pick<GuardPorts, "clock" | "rules">,
  cutover: CutoverBindings,
): Promise<RoutesRead> => {
  const since = ports.clock.now();
  const arns = [...new Set(cutover.routes.map(({ listenerArn }) => listenerArn))];
  const reads = await Promise.all(arns.map((arn) => ports.rules.readListener(arn, READ_TIMEOUT_MS)));
  const listeners: ObservedListener[] = reads.flatMap((read) => (read.ok ? [read.value] : []));
  const failures = reads.flatMap((read) => (read.ok ? [] : [read.failure.message]));
  const readAt = ports.clock.now();
  if (failures.length > 0) {
    const unreadable: TrafficReading = { readAt, drift: "unreadable", detail: failures.join("; "), greenPercent: null };
    return { since, sights: [], reading: () => unreadable };
  }
  const sights = observeRoutes(cutover, listeners);
  return { since, sights, reading: (desired) => classify(sights, desired, readAt) };
};

/** The bindings have lost a pin that it was armed with: nobody has said that they know what that gives up. */
const unacknowledged: Obstacle = {
  what: "plain-mode",
  value: "a route of the deployed bindings has no pin",
  threshold: "armed with --without-pin",
  clears: "the bindings it was armed with are deployed, or it is rolled back and armed again",
};

const unstored = (message: string): Obstacle => ({
  what: "snapshot",
  value: message,
  threshold: "stored before it is judged",
  clears: "the table takes it",
});
