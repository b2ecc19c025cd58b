import { type ArmReport, arm } from "../../guard/arm.ts";
import { runObserve } from "../../guard/observe.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { runPromote } from "../../guard/promote.ts";
import type { PromoteReport } from "../../guard/promote-tick.ts";
import { snapBack } from "../../guard/snap-back.ts";
import type { Digest } from "../../kernel/digest.ts";
import { fail } from "../../kernel/result.ts";
import { type EpochMs, epochMs, later, MINUTE_MS } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { pinnedRoutes } from "../../signals/routes.ts";
import { simulatedCutover } from "./bindings.ts";
import { simulatedAlarms, simulatedHosts } from "./fleet.ts";
import { shareBetween, simulatedRules } from "./load-balancer.ts";
import { simulatedMetrics } from "./metrics.ts";
import { minuteRecords } from "./minute-records.ts";
import { seedOf, uniformOf } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { sightOf } from "./sight.ts";
import {
  forgetfulEvidence,
  forgetfulLedger,
  simulatedActive,
  simulatedInvoke,
  simulatedNotify,
  simulatedObserved,
  simulatedPolicies,
  simulatedSnapshots,
  simulatedState,
} from "./stores.ts";
import { simulatedStreams } from "./streams.ts";
import type { MinuteTraits } from "./traits.ts";
import { virtualClock } from "./virtual-clock.ts";

/** Monday, 5 January 2026, 00:00 UTC. */
const MONDAY = epochMs(1_767_571_200_000);
const HOUR_MS = 60 * MINUTE_MS;
/** The schedule is a little late, as it is. */
const LATE_MS = 2_000;

/** Generators of one purpose never share numbers with those of another. */
const PURPOSE = { streams: 2, hosts: 3 } as const;

export interface WorldSettings {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly traitsAt: (minute: number) => MinuteTraits;
  /** Another seed, another world; the same one in every detail for the same. */
  readonly seed: number;
  /** What chains the records. */
  readonly digest: Digest;
}

/** A whole world in memory around the real guard: one cutover, one load balancer, one table, one clock. */
export const simulatedWorld = ({ scenario, policy, traitsAt, seed, digest }: WorldSettings) => {
  const armedAt = later(MONDAY, scenario.startHour * HOUR_MS);
  const clock = virtualClock(armedAt);
  const minuteNow = () => Math.floor((clock.now() - armedAt) / MINUTE_MS);
  const sight = sightOf(scenario, clock, armedAt);
  const cutover = simulatedCutover(scenario);
  const [route] = pinnedRoutes(cutover);
  if (route === undefined) throw new RangeError("a simulated cutover has a route");
  const rules = simulatedRules(clock, route, () => sight.outageOf(["traffic.ruleInSync"]) === null);
  const minutes = minuteRecords({ armedAt, seed, traitsAt, clock, shares: rules.shares, ...scenario.telemetry });
  const uniformAt = (purpose: number, at: EpochMs) => uniformOf(seedOf(seed, purpose, (at - armedAt) / 1000));
  const greenShare = () => shareBetween(rules.shares, clock.now(), clock.now() + 1);
  const state = simulatedState();
  const notify = simulatedNotify();
  const invoke = simulatedInvoke();
  let ids = 0;
  const ports: GuardPorts = {
    clock,
    newId: () => {
      ids += 1;
      return String(ids);
    },
    digest,
    state,
    active: simulatedActive,
    observed: simulatedObserved(),
    snapshots: simulatedSnapshots(),
    policies: simulatedPolicies(policy),
    ledger: forgetfulLedger,
    evidence: forgetfulEvidence,
    // Decommission is not simulated: a run ends where it begins.
    journal: { list: async () => ({ ok: true, value: [] }), put: async () => ({ ok: true, value: undefined }) },
    metrics: simulatedMetrics(sight, scenario.telemetry.delayMs, minutes.at),
    hosts: simulatedHosts(
      sight,
      scenario,
      () => scenario.telemetry.dropRate > uniformAt(PURPOSE.hosts, clock.now())(),
      () => traitsAt(minuteNow()),
    ),
    alarms: simulatedAlarms(sight, scenario.alarms, minutes.at),
    streams: simulatedStreams({
      ...{ scenario, policy, armedAt, sight },
      requestsFrom: (direction) =>
        traitsAt(minuteNow()).requestsPerMinute * (direction === "forward" ? 1 - greenShare() : greenShare()),
      uniformAt: (at) => uniformAt(PURPOSE.streams, at),
    }),
    drain: {
      prove: async () => fail({ kind: "not-yet", message: "a simulation ends when traffic is back" }),
      openTransactions: async () => ({ ok: true, value: 0 }),
    },
    rules,
    notify,
    invoke,
  };

  const carryOut = async (): Promise<void> => {
    for (let job = invoke.take(); job !== null; job = invoke.take())
      await snapBack(ports, cutover, { ...job, kind: "promote" });
  };

  return {
    cutover,
    ports,
    armedAt,
    state: state.current,
    minuteNow,
    shares: rules.shares,
    pages: notify.pages,
    /** Counts of a minute after arming that has ended. */
    countsOf: (minute: number) => minutes.at(later(armedAt, minute * MINUTE_MS))?.counts ?? null,
    /** Requests that green is expected to have taken of the minute under way, of which there are no counts yet. */
    greenUnderWay: (): number => {
      const [from, to] = [later(armedAt, minuteNow() * MINUTE_MS), clock.now()];
      const { requestsPerMinute } = traitsAt(minuteNow());
      return to === from ? 0 : (requestsPerMinute * shareBetween(rules.shares, from, to) * (to - from)) / MINUTE_MS;
    },
    arm: (): Promise<ArmReport> =>
      arm(ports, cutover, policy, "simulation", { rehearsal: true, doctor: async () => [] }),
    /** The next scheduled minute: both workers, and the rollback that they ask for. */
    tick: async (): Promise<PromoteReport> => {
      const tick = later(armedAt, (minuteNow() + 1) * MINUTE_MS);
      clock.advanceTo(later(tick, LATE_MS));
      await runObserve(ports, cutover, tick);
      const report = await runPromote(ports, cutover, tick);
      await carryOut();
      return report;
    },
  };
};

export type SimulatedWorld = ReturnType<typeof simulatedWorld>;
