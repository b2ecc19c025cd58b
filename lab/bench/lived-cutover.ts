import { ENGINE_VERSION } from "../../src/decision/decision.ts";
import { evolve } from "../../src/decision/evolve.ts";
import type { CutoverState } from "../../src/decision/state.ts";
import { judgeTick } from "../../src/guard/judge-tick.ts";
import { type EpochMs, epochMs, later, MINUTE_MS } from "../../src/kernel/units.ts";
import { lookBackMs } from "../../src/policy/look-back.ts";
import { policyDigest } from "../../src/policy/policy-digest.ts";
import type { Policy } from "../../src/policy/policy-file.ts";
import { plainCourse } from "../../src/rehearsal/recording/plain-course.ts";
import type { PlainMinute } from "../../src/rehearsal/recording/read-plain-line.ts";
import type { RecordedTick } from "../../src/rehearsal/recording/recorded-tick.ts";
import { recordingWriter } from "../../src/rehearsal/recording/write-recording.ts";
import { carriedOut } from "../../src/rehearsal/replay/player.ts";
import { uniformOf } from "../../src/rehearsal/world/random.ts";
import { SNAPSHOT_MINUTES } from "../../src/snapshot/freshness.ts";
import type { Snapshot } from "../../src/snapshot/snapshot.ts";
import { sha256 } from "../../src/wiring-local.ts";

const START: EpochMs = epochMs(1_767_607_200_000);

/**
 * The recording of a healthy cutover, minute by minute, as the guard would have recorded it: the numbers move in every
 * minute, the policy makes its steps when it may, and the rest of the time is soak that nobody approves.
 */
export const livedCutover = (policy: Policy, minutes: number): Generator<string> =>
  living(recordedGuard(policy), minutes);

/** The state in which the guard leaves such a cutover after so many minutes, with all the evidence it has added up. */
export const livedState = (policy: Policy, minutes: number): CutoverState => {
  const guard = recordedGuard(policy);
  for (const _ of living(guard, minutes));
  const state = guard.state();
  if (state === null) throw new RangeError(`nothing is judged within ${minutes} minutes`);
  return state;
};

function* living(guard: ReturnType<typeof recordedGuard>, minutes: number): Generator<string> {
  const chance = uniformOf(1);
  const course = plainCourse();
  for (let minute = 0; minute < minutes; minute += 1)
    for (const item of course.next(healthyMinute(minute, guard.weight(), chance))) {
      if (item.kind === "snapshot") guard.see(item.snapshot);
      if (item.kind === "tick") yield* guard.judge(item.tick, minute);
    }
  yield guard.end();
}

const recordedGuard = (policy: Policy) => {
  const recording = recordingWriter();
  const named = { digest: policyDigest(policy, sha256), body: policy };
  const keepMs = SNAPSHOT_MINUTES * MINUTE_MS + lookBackMs(policy);
  let state: CutoverState | null = null;
  let kept: readonly Snapshot[] = [];
  return {
    state: (): CutoverState | null => state,
    weight: (): number => state?.weightPercent ?? 0,
    end: (): string => JSON.stringify(recording.end()),
    see: (snapshot: Snapshot): void => {
      kept = [...kept.filter(({ tick }) => tick >= snapshot.tick - keepMs), snapshot];
    },
    judge: function* ({ cutover, tick, state: first }: RecordedTick, seq: number): Generator<string> {
      const own = kept.at(-1);
      if (own === undefined) return;
      if (state === null) yield JSON.stringify(recording.header(cutover));
      const before = state ?? { ...first, policyDigest: named.digest };
      const snapshots = [...kept.slice(0, -1), own] as const;
      const judged = judgeTick(cutover, before, policy, { snapshots, trouble: [] }, tick);
      const { decision, judgement, evidence: accumulated, corrections } = judged;
      const came = { decision, judgement, accumulated, corrections, trouble: [], policy: named };
      const stood = { cutover, state: before, tick, snapshots, stateDigest: named.digest };
      const told = recording.tick({ ...stood, ...came, record: recordOf(seq, tick, decision.kind) });
      if (!told.ok) throw new RangeError(told.failure);
      for (const line of told.value) yield JSON.stringify(line);
      state = carriedOut(before, judged, policy, snapshots).reduce(evolve, before);
    },
  };
};

const recordOf = (minute: number, tick: EpochMs, kind: string) => ({
  ...{ seq: minute, previous: "", hash: "", id: "", cutover: "bench", epoch: 1, tick, at: tick, kind, summary: "" },
  detail: { engine: ENGINE_VERSION },
});

const healthyMinute = (minute: number, weight: number, chance: () => number): PlainMinute => {
  const requests = 14_000 + Math.round(1_000 * chance());
  const green = Math.round((requests * weight) / 100);
  const errors = (of: number): number => Math.floor(of * 0.0002 * chance());
  const stream = (name: string) => [
    [`${name}.state`, "RUNNING"],
    [`${name}.tasksRunning`, 2],
    [`${name}.tasksExpected`, 2],
    [`${name}.lagRecords`, Math.floor(20 * chance())],
    [`${name}.unknownPartitions`, 0],
    [`${name}.lagSeconds`, Number((2 * chance()).toFixed(3))],
    [`${name}.stalled`, false],
    [`${name}.dataGap`, false],
    [`${name}.slotActive`, true],
    [`${name}.slotRetainedBytes`, Math.floor(100_000 * chance())],
    [`${name}.slotSafeBytes`, 1_073_741_824],
  ];
  const side = (name: string, of: number) => [
    [`${name}.requests`, of],
    [`${name}.errors5xx`, errors(of)],
    [`${name}.connectionErrors`, 0],
    [`${name}.unanswered`, 0],
    [`${name}.p99Ms`, Number((170 + 10 * chance()).toFixed(4))],
    [`${name}.healthyHosts`, 4],
    [`${name}.unhealthyHosts`, 0],
    [`${name}.readyPercent`, 100],
  ];
  const values = new Map([
    ...side("green", green),
    ...side("blue", requests - green),
    ...[["lb.requests", requests] as const, ["lb.errors5xx", 0] as const, ["traffic.greenPercent", weight] as const],
    ...stream("forward"),
    ...stream("reverse"),
    ...["conflicts.total", "conflicts.new", "alarms.firing", "alarms.unknown"].map((path) => [path, 0] as const),
  ] as readonly (readonly [string, number])[]);
  const at = later(START, minute * MINUTE_MS);
  return { line: minute, at, weight, values, absent: {}, decision: null, verdicts: {} };
};
