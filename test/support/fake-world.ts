import { readFileSync } from "node:fs";
import type { LedgerRecord } from "../../src/decision/record.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { type ArmReport, arm } from "../../src/guard/arm.ts";
import type { ArmOptions } from "../../src/guard/arm-checks.ts";
import { lowerPin } from "../../src/guard/lower-pin.ts";
import { runObserve } from "../../src/guard/observe.ts";
import type { GuardPorts } from "../../src/guard/ports.ts";
import { runPromote } from "../../src/guard/promote.ts";
import type { PromoteReport } from "../../src/guard/promote-tick.ts";
import { snapBack } from "../../src/guard/snap-back.ts";
import { runTick } from "../../src/guard/tick.ts";
import { type EpochMs, later, MINUTE_MS, minuteOf } from "../../src/kernel/units.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import type { PinnedCutover } from "../../src/signals/routes.ts";
import { sha256 } from "../../src/wiring-local.ts";
import { type FakeRules, fakeRules } from "./fake-rules.ts";
import {
  fakeAlarms,
  fakeDrain,
  fakeHosts,
  fakeMetrics,
  fakeStreams,
  healthyTruth,
  type Truth,
} from "./fake-signals.ts";
import { type FakeState, fakeState } from "./fake-state.ts";
import {
  fakeActive,
  fakeEvidence,
  fakeInvoke,
  fakeJournal,
  fakeLedger,
  fakeNotify,
  fakeObserved,
  fakePolicies,
  fakeSnapshots,
  type Job,
  type Outage,
} from "./fake-stores.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

export { sha256 };

const json = <Value>(path: string): Value =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")) as Value;

/** The committed cutover and its drill: the specs run what operators run. */
export const ORDERS = json<PinnedCutover>("policies/orders/cutover.json");
export const DRILL = json<Policy>("policies/orders/drill.json");

const never = async (): Promise<readonly string[]> => [];

/** A whole world in memory around the real guard: one cutover, one load balancer, one table, one clock. */
export const worldOf = <Bindings extends CutoverBindings>(cutover: Bindings) => {
  const clock: VirtualClock = virtualClock();
  const truth: Truth = healthyTruth();
  const outage: Outage = { table: false, topic: false };
  const rules: FakeRules = fakeRules(clock, cutover);
  const state: FakeState = fakeState(clock);
  const stores = {
    active: fakeActive(outage),
    observed: fakeObserved(outage),
    snapshots: fakeSnapshots(outage),
    policies: fakePolicies(outage),
    ledger: fakeLedger(outage),
    evidence: fakeEvidence(outage, sha256),
    journal: fakeJournal(outage),
    notify: fakeNotify(outage),
    invoke: fakeInvoke(),
  };
  let ids = 0;
  const ports: GuardPorts = {
    clock,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    digest: sha256,
    state,
    rules,
    metrics: fakeMetrics(clock, rules, truth),
    hosts: fakeHosts(clock, cutover, truth),
    alarms: fakeAlarms(clock, truth),
    streams: fakeStreams(clock, truth),
    drain: fakeDrain(clock, truth),
    ...stores,
  };
  const reports: PromoteReport[] = [];

  const deliver = async (job: Job, through: GuardPorts = ports): Promise<void> => {
    if (job.kind === "rollback") {
      if (job.request.kind === "lowerPin") await lowerPin(through, cutover, job.request.epoch);
      else await snapBack(through, cutover, { ...job.request, kind: "promote" });
      return;
    }
    if (job.name === "observe") await runObserve(through, cutover, job.tick);
    if (job.name === "promote") reports.push(await runPromote(through, cutover, job.tick));
  };

  const deliverAll = async (through: GuardPorts = ports): Promise<void> => {
    // A bound, because a job may ask for the next one.
    for (let job = stores.invoke.jobs.shift(), left = 50; job !== undefined && left > 0; left -= 1) {
      await deliver(job, through);
      job = stores.invoke.jobs.shift();
    }
  };

  /** The next scheduled minute, a few seconds late as the schedule is. */
  const nextMinute = (): EpochMs => {
    const tick = later(minuteOf(clock.now()), MINUTE_MS);
    clock.advanceTo(later(tick, 2_000));
    return tick;
  };

  const minute = async (through: GuardPorts = ports): Promise<PromoteReport | undefined> => {
    const tick = nextMinute();
    await runTick(through, tick);
    await deliverAll(through);
    return reports.at(-1);
  };

  return {
    clock,
    truth,
    outage,
    rules,
    ports,
    cutover,
    reports,
    nextMinute,
    deliver,
    deliverAll,
    minute,
    store: state,
    ...stores,
    state: (): CutoverState => state.of(cutover.name),
    minutes: async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 1) await minute();
    },
    /** Ticks until the condition holds. @throws {Error} it does not within `limit` minutes: the spec has failed. */
    until: async (what: string, holds: () => boolean, limit = 60): Promise<number> => {
      for (let minutes = 0; minutes <= limit; minutes += 1) {
        if (holds()) return minutes;
        await minute();
      }
      const { phase, weightPercent, blocking } = state.of(cutover.name);
      throw new Error(`${what}: not within ${limit} min; ${phase} at ${weightPercent} %, ${JSON.stringify(blocking)}`);
    },
    arm: async (policy: Policy = DRILL, also: Pick<ArmOptions, "withoutPin"> = {}): Promise<ArmReport> =>
      arm(ports, cutover, policy, "olga", { rehearsal: true, doctor: never, ...also }),
  };
};

/** Of a cutover with a pin on every route, as the committed one has; the caller's word counts. */
export const fakeWorld = (cutover: CutoverBindings = ORDERS) => worldOf(cutover as PinnedCutover);
export type FakeWorld = ReturnType<typeof fakeWorld>;
/** With or without pins. */
export type AnyWorld = ReturnType<typeof worldOf<CutoverBindings>>;

/** The ledger with what still waits in the outbox: all that has ever been recorded, in order. */
export const wholeLedger = (world: Pick<FakeWorld, "ledger" | "state">): readonly LedgerRecord[] => {
  const stored = [...world.ledger.records];
  const waiting = world.state().outbox.flatMap(({ record }) => (record === undefined ? [] : [record]));
  const all = new Map([...stored, ...waiting].map((record) => [record.seq, record]));
  return [...all.values()].sort((a, b) => a.seq - b.seq);
};
