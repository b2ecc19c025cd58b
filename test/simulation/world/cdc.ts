import type { ActOutcome, DecommissionActs, OutsideAction } from "../../../src/decommission/acts.ts";
import { loadBalancerActs } from "../../../src/decommission/load-balancer-acts.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { ok } from "../../../src/kernel/result.ts";
import { type EpochMs, epochMs, MINUTE_MS } from "../../../src/kernel/units.ts";
import { known, type Observation, type SignalValue, unknown } from "../../../src/signals/observation.ts";
import type { DrainPort, StreamsPort } from "../../../src/signals/ports.ts";
import type { Faults } from "../faults/faults.ts";
import type { Alarms } from "./alarms.ts";
import type { WorldEvent } from "./events.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Run } from "./run.ts";
import type { Truth } from "./truth.ts";

const CALL_MS = 40;
const ACT_MS = 300;
const STEADY_LAG_SECONDS = 0.4;
/** How many seconds of backlog a stream works off in one. */
const CATCH_UP = 9;

type Stream = "forward" | "reverse";

export interface Cdc {
  portsOf(run: Run): { readonly streams: StreamsPort; readonly drain: DrainPort };
  actsOf(run: Run, ports: GuardPorts): DecommissionActs;
  /** Everything that the source of this stream had accepted by the answer has been applied on its other side. */
  appliedUpTo(stream: Stream): number;
  /** When each act of decommission first came about. */
  readonly acts: ReadonlyMap<OutsideAction, number>;
}

export interface CdcSettings {
  readonly time: { now(): number };
  readonly faults: Faults;
  readonly truth: Truth;
  readonly rules: LoadBalancer;
  readonly alarms: Alarms;
  readonly tell: (event: WorldEvent) => void;
}

const NAMES = [
  ...["state", "tasksRunning", "tasksExpected", "lagRecords", "unknownPartitions", "lagSeconds", "drained", "stalled"],
  ...["dataGap", "strayRows", "deadLetters", "slotActive", "slotRetainedBytes", "slotSafeBytes"],
];
const PATHS = { forward: NAMES.map((name) => `forward.${name}`), reverse: NAMES.map((name) => `reverse.${name}`) };

/** In the order of NAMES. A paused source shows no lag: everything it ever sent has been applied. */
const shownOf = (state: ReturnType<Truth["stream"]>, seconds: number, gap: boolean): readonly SignalValue[] => [
  ...[state === "paused" ? "PAUSED" : "RUNNING", state === "task-lost" ? 1 : 2, 2],
  state === "paused" ? 0 : Math.round(Math.max(0, seconds - STEADY_LAG_SECONDS) * 40),
  ...[0, seconds, seconds <= STEADY_LAG_SECONDS, state !== "running" && seconds > 60],
  ...[gap, 0, 0, state !== "task-lost", 4_096, 1e9],
];

/** Both streams, and what decommission does to them. A stream that stands still works its backlog off afterwards. */
export const cdc = ({ time, faults, truth, rules, alarms, tell }: CdcSettings): Cdc => {
  const acts = new Map<OutsideAction, number>();
  /** What a stream had not applied when it was last looked at; from there it is worked off. */
  const backlog: Record<Stream, { at: number; seconds: number }> = {
    forward: { at: time.now(), seconds: STEADY_LAG_SECONDS },
    reverse: { at: time.now(), seconds: STEADY_LAG_SECONDS },
  };
  const stoppedBy: Readonly<Record<Stream, OutsideAction>> = {
    forward: "stop-forward",
    reverse: "stop-reverse-source",
  };

  const lagSeconds = (stream: Stream): number => {
    const now = time.now();
    const last = backlog[stream];
    const since = truth.standsSince(stream, now);
    const passed = (now - last.at) / 1_000;
    const seconds =
      since === null
        ? Math.max(STEADY_LAG_SECONDS, last.seconds - CATCH_UP * passed)
        : Math.max(last.seconds, (now - since) / 1_000 + STEADY_LAG_SECONDS);
    last.at = now;
    last.seconds = seconds;
    return seconds;
  };

  const appliedUpTo = (stream: Stream): number => {
    const stopped = acts.get(stoppedBy[stream]);
    return Math.min(time.now() - lagSeconds(stream) * 1_000, stopped ?? Number.POSITIVE_INFINITY);
  };

  const read = (run: Run) => {
    const at = epochMs(run.now());
    const now = time.now();
    const readings: Record<string, Observation> = {};
    for (const stream of ["forward", "reverse"] as const) {
      const lost = faults.strikes("streams-unreadable", now);
      const gap = stream === "reverse" && truth.reverseGap(now);
      const shown = shownOf(truth.stream(stream, now), lagSeconds(stream), gap);
      const paths = PATHS[stream];
      for (let index = 0; index < shown.length; index += 1)
        readings[paths[index] ?? ""] = lost ? unknown("cannot be read", at) : known(shown[index] ?? 0, at);
    }
    readings["conflicts.total"] = known(truth.conflicts(now), at);
    readings["sequences.headroomSeconds"] = known(1e9, at);
    return readings;
  };

  const drainOf = (run: Run): DrainPort => ({
    prove: (_cutover, direction) =>
      run.call(CALL_MS, () => {
        const now = time.now();
        if (direction === "reverse" && truth.reverseGap(now))
          return { ok: false, failure: { kind: "impossible", message: "the slot was lost" } } as const;
        if (truth.stream(direction, now) !== "running" || lagSeconds(direction) > 5)
          return { ok: false, failure: { kind: "not-yet", message: "the slot has not confirmed the token" } } as const;
        const at = epochMs(run.now());
        const since = (at - Math.ceil(lagSeconds(direction) * 1_000)) as EpochMs;
        return ok({ direction, since, provenAt: at, token: "t", walPosition: "0/1", topicEnds: {} });
      }),
    openTransactions: () => run.call(CALL_MS, () => ok(0)),
  });

  /** A comparison of all rows, which green has to answer beside its users; from what an alarm sees to gross failure. */
  const strain = (now: number): void => {
    if (!faults.strikes("diff-strains-green", now)) return;
    const dice = faults.dice("diff-strains-green");
    truth.strain(now, dice.between(2, 5) * MINUTE_MS, dice.of([0.04, 0.5]));
  };

  const outcomeOf = (run: Run, action: OutsideAction): ActOutcome => {
    const now = time.now();
    if (faults.strikes("act-waits", now)) return { kind: "waiting", for: "its turn" };
    if (faults.strikes("act-fails", now)) return { kind: "failed", message: `${action} did not work.` };
    const drains = action.startsWith("drain-") || action === "stop-reverse-source" || action === "final-diff";
    const stream: Stream = action === "drain-forward" ? "forward" : "reverse";
    if (drains && !acts.has(action) && (truth.stream(stream, now) !== "running" || lagSeconds(stream) > 5))
      return { kind: "waiting", for: `${stream} to be drained` };
    if (action === "final-diff" && (truth.rowsDiffer(now) || truth.reverseGap(now)))
      return { kind: "failed", message: "rows differ" };
    came(run, action);
    return { kind: "done", detail: {} };
  };
  const came = (run: Run, action: OutsideAction): void => {
    if (!acts.has(action)) acts.set(action, time.now());
    tell({ kind: "act", at: time.now(), run, action });
  };

  const compares = (run: Run): ActOutcome => {
    strain(time.now());
    return outcomeOf(run, "final-diff");
  };

  const actsOf = (run: Run, ports: GuardPorts): DecommissionActs => {
    const act = (action: OutsideAction) => (): Promise<ActOutcome> => run.call(ACT_MS, () => outcomeOf(run, action));
    const alarmSwitch = {
      disableActions: () =>
        run.call(CALL_MS, () => {
          came(run, "alarm-actions-off");
          alarms.disable();
          return ok(undefined);
        }),
    };
    const onRules = loadBalancerActs({ ...ports, alarmSwitch });
    return {
      ...onRules,
      "delete-pin": async (cutover) => {
        const outcome = await onRules["delete-pin"](cutover);
        if (rules.pinOf(0) === "gone") came(run, "delete-pin");
        return outcome;
      },
      "final-diff": () => run.call(ACT_MS, () => compares(run)),
      "fence-blue": act("fence-blue"),
      "drain-forward": act("drain-forward"),
      "stop-forward": act("stop-forward"),
      "drop-forward-slot": act("drop-forward-slot"),
      "stop-reverse-source": act("stop-reverse-source"),
      "drain-reverse": act("drain-reverse"),
      "stop-reverse-sink": act("stop-reverse-sink"),
      "drop-reverse-slot": act("drop-reverse-slot"),
      "reset-offsets": act("reset-offsets"),
      "delete-connectors": act("delete-connectors"),
      "drop-publications": act("drop-publications"),
      "drop-guards": act("drop-guards"),
      "verify-absence": act("verify-absence"),
    };
  };

  return {
    portsOf: (run) => ({ streams: { read: () => run.call(CALL_MS, () => read(run)) }, drain: drainOf(run) }),
    actsOf,
    appliedUpTo,
    acts,
  };
};
