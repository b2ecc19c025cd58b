import type { CutoverState } from "../../../src/decision/state.ts";
import { runDecommission } from "../../../src/decommission/run-decommission.ts";
import { cutoverNamed } from "../../../src/edge/cutovers.ts";
import { parseTickEvent, parseWorkerEvent } from "../../../src/edge/events.ts";
import type { DrillPorts } from "../../../src/guard/drill-walk.ts";
import { runObserve } from "../../../src/guard/observe.ts";
import type { GuardPorts, Notification } from "../../../src/guard/ports.ts";
import { runPromote } from "../../../src/guard/promote.ts";
import { runTick } from "../../../src/guard/tick.ts";
import type { Digest } from "../../../src/kernel/digest.ts";
import { toIso } from "../../../src/kernel/instant.ts";
import { ok, outsideFailure } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import type { CutoverBindings } from "../../../src/signals/bindings.ts";
import { type Composite, metricAlarms } from "../composites.ts";
import type { Faults } from "../faults/faults.ts";
import { alarmPost } from "./alarm-post.ts";
import { alarmSetterOf } from "./alarm-setter.ts";
import { type AlarmEvent, type Alarms, alarmsOf } from "./alarms.ts";
import { type Cdc, cdc } from "./cdc.ts";
import { watch } from "./cloudwatch.ts";
import { withComposites } from "./composite-alarms.ts";
import { type DeadMan, deadMan } from "./dead-man.ts";
import type { WorldEvent } from "./events.ts";
import { type LoadBalancer, loadBalancer } from "./load-balancer.ts";
import { type Minutes, minutesOf } from "./minutes.ts";
import { rollbackFunction } from "./rollback-function.ts";
import { type Back, type Run, type RunKind, startRun } from "./run.ts";
import { stateItem } from "./state-item.ts";
import { type Table, table } from "./table.ts";
import { type Timeline, timeline } from "./timeline.ts";
import { type Truth, truthOf } from "./truth.ts";

export interface WorldSettings {
  readonly seed: number;
  readonly start: number;
  readonly cutover: CutoverBindings;
  readonly policy: Policy;
  readonly faults: Faults;
  readonly keepsEvidence: boolean;
  /** Whether events of alarms come several at once, and with others that are no concern of this cutover. */
  readonly hasCompany?: boolean;
  /** Those of the cutover's alarms that are over others. */
  readonly composites?: readonly Composite[];
  readonly digest: Digest;
  readonly watchers: readonly ((event: WorldEvent) => void)[];
}

/** A request for a run of a function, in the service's queue. */
export type Job =
  | { readonly kind: "worker"; readonly name: "observe" | "promote" | "decommission"; readonly event: unknown }
  | { readonly kind: "rollback"; readonly back: Back | null; readonly event: unknown }
  | { readonly kind: "alarms"; readonly changes: readonly AlarmEvent[] }
  /** What comes to the function and calls for nothing. */
  | { readonly kind: "stranger" };

/** A message that has reached people. */
export type Told = Notification & { readonly toldAt: number };

/** Everything that a process of the guard may ask of the world. */
export type WorldPorts = DrillPorts & GuardPorts;

export interface World {
  readonly seed: number;
  readonly time: Timeline;
  readonly cutover: CutoverBindings;
  readonly policy: Policy;
  readonly faults: Faults;
  readonly rules: LoadBalancer;
  readonly table: Table;
  readonly truth: Truth;
  readonly minutes: Minutes;
  readonly alarms: Alarms;
  readonly cdc: Cdc;
  readonly deadMan: DeadMan;
  readonly told: readonly Told[];
  state(): CutoverState | null;
  launch(
    kind: RunKind,
    tick: number | null,
    work: (ports: WorldPorts, run: Run) => Promise<unknown>,
    back?: Back | null,
  ): Run;
  /** Puts a job into the queue; it is delivered late, twice or never where that is about. */
  enqueue(job: Job): void;
  tell(event: WorldEvent): void;
  /** One run of the tick function for this scheduled minute. */
  tick(scheduledAt: EpochMs): void;
  ticks(): number;
}

const CALL_MS = 10;
const QUEUE_MS = 100;
/** Workers are asked for with a maximum age; older requests are dropped by the service. */
const WORKER_MAX_AGE_MS = 60_000;
const LONGEST_ACT_MS = 25_000;

export const worldOf = (settings: WorldSettings): World => {
  const { seed, cutover, faults, digest } = settings;
  const time = timeline(settings.start);
  const tell = (event: WorldEvent): void => {
    for (const watcher of settings.watchers) watcher(event);
  };
  const rules = loadBalancer({ cutover, time, faults, tell });
  const item = stateItem({ time, faults, tell });
  const store = table({ time, faults, keepsEvidence: settings.keepsEvidence });
  const truth = truthOf(seed, faults);
  const { requestsPerMinute } = settings.policy.traffic;
  const minutes = minutesOf({ seed, start: settings.start, requestsPerMinute, time, truth, faults, rules });
  const { composites = [] } = settings;
  const metric = alarmsOf(metricAlarms(cutover, composites), { time, faults, minutes, truth });
  const alarms = composites.length === 0 ? metric : withComposites(metric, { composites, time, faults });
  const watched = watch({ cutover, time, faults, minutes, truth, alarms });
  const streams = cdc({ time, faults, truth, rules, alarms, tell });
  const heart = deadMan();
  const told: Told[] = [];
  let ids = 0;
  let ticks = 0;

  const setterOf = alarmSetterOf({
    time,
    faults,
    alarms,
    tell,
    calls: (event) => enqueue({ kind: "alarms", changes: [event] }),
  });

  const portsOf = (run: Run): WorldPorts => ({
    alarmSetter: setterOf(run),
    clock: { now: () => epochMs(run.now()), sleep: (forMs) => run.sleep(forMs) },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    digest,
    state: item.portOf(run),
    ...store.portsOf(run),
    ...watched.portsOf(run),
    ...streams.portsOf(run),
    rules: rules.portOf(run),
    notify: {
      send: (notification, timeoutMs) => {
        if (faults.strikes("topic-down", time.now()))
          return run.call(timeoutMs, () => outsideFailure("timed-out", "Publish: no answer"));
        return run.call(CALL_MS, () => {
          told.push({ ...notification, toldAt: time.now() });
          tell({ kind: "told", at: time.now(), notification });
          return ok(undefined);
        });
      },
    },
    invoke: {
      rollback: (name, request) =>
        run.call(CALL_MS, () => {
          run.calledRollback = true;
          const { kind, epoch } = request;
          const at = kind === "snapBack" ? { tick: toIso(request.tick) } : {};
          const back = kind === "snapBack" ? ({ by: "promote" } as const) : null;
          enqueue({ kind: "rollback", back, event: { cutover: name, kind, epoch, ...at } });
          return ok(undefined);
        }),
      worker: (name, of, tick) =>
        run.call(CALL_MS, () => {
          enqueue({ kind: "worker", name, event: { cutover: of, tick: toIso(tick) } });
          return ok(undefined);
        }),
    },
  });

  const launch: World["launch"] = (kind, tick, work, back = null) => {
    const run = startRun({ kind, tick, back, seed, time, faults });
    const cold = faults.strikes("deployed", time.now()) ? faults.dice("deployed").between(500, 4_000) : 0;
    const begin = async (): Promise<void> => {
      if (cold > 0) await time.wait(cold);
      try {
        await work(portsOf(run), run);
        if (run.open() > 0) throw new Error(`${kind} ended with ${run.open()} calls still under way`);
        if (!run.isOver()) tell({ kind: "ended", at: time.now(), run });
      } catch (error) {
        tell({ kind: "threw", at: time.now(), run, error });
      }
      run.end();
    };
    void begin();
    return run;
  };

  const doWorker = ({ name, event }: Extract<Job, { kind: "worker" }>): void => {
    if (name === "promote") ticks += 1;
    const { cutover: asked, tick } = parseWorkerEvent(event);
    const of = cutoverNamed([cutover], asked);
    launch(name, tick, (ports, run) => {
      if (name === "observe") return runObserve(ports, of, tick);
      if (name === "promote") return runPromote(ports, of, tick);
      const hasTime = () => run.diesAt - time.now() > LONGEST_ACT_MS;
      return runDecommission({ ...ports, acts: streams.actsOf(run, ports), hasTime }, of);
    });
  };

  const rollback = rollbackFunction({ cutover, time, faults, launch });
  const post = alarmPost(seed, cutover, settings.hasCompany === true);

  const deliver = (job: Job): void => {
    if (job.kind === "worker") doWorker(job);
    else if (job.kind === "rollback") rollback.asked(job.event, job.back);
    else if (job.kind === "alarms") rollback.called(post.of(job.changes, time.now()));
    else rollback.called(post.stranger(time.now()));
  };

  const enqueue = (job: Job): void => {
    const now = time.now();
    const maxAgeMs = job.kind === "worker" ? WORKER_MAX_AGE_MS : Number.POSITIVE_INFINITY;
    const copy = (afterMs: number): void => {
      if (afterMs <= maxAgeMs) time.at(now + afterMs, () => deliver(job));
    };
    if (faults.strikes("two-at-once", now)) copy(QUEUE_MS);
    if (faults.strikes("event-duplicate", now)) copy(faults.dice("event-duplicate").between(500, 90_000));
    if (job.kind !== "worker" && faults.strikes("event-hours-late", now))
      copy(faults.dice("event-hours-late").between(600_000, 18_000_000));
    if (faults.strikes("event-lost", now)) return;
    copy(faults.strikes("event-late", now) ? faults.dice("event-late").between(1_000, 75_000) : QUEUE_MS);
  };

  const tick = (scheduledAt: EpochMs): void => {
    const { tick: minute } = parseTickEvent({ scheduledTime: toIso(scheduledAt) });
    launch("tick", minute, async (ports) => {
      const report = await runTick(ports, minute);
      if (report.stalestSeconds !== null) heart.datapoint(time.now(), report.stalestSeconds);
    });
  };

  return {
    ...{
      seed,
      time,
      cutover,
      policy: settings.policy,
      faults,
      rules,
      table: store,
      truth,
      minutes,
      alarms,
      cdc: streams,
    },
    ...{ deadMan: heart, told, launch, enqueue, tell, tick },
    state: item.current,
    ticks: () => ticks,
  };
};

export const minuteAfter = (at: number): EpochMs => epochMs(at - (at % MINUTE_MS) + MINUTE_MS);
