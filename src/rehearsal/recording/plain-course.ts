import { beginSoak, NO_SOAK } from "../../decision/soak.ts";
import type { Approval, CutoverState } from "../../decision/state.ts";
import { type EpochMs, earlier, epochMs, later, MINUTE_MS, weightPercent } from "../../kernel/units.ts";
import { EMPTY_LEDGER } from "../../ledger/chain.ts";
import { SIGNALS, type SignalPath } from "../../signals/catalogue.ts";
import { known, type Observation, type Observations, unknown } from "../../signals/observation.ts";
import { GATE_DELAY_MINUTES, P99_MIN_REQUESTS, P99_MINUTES, SNAPSHOT_MINUTES } from "../../snapshot/freshness.ts";
import type { MinuteReadings, Snapshot } from "../../snapshot/snapshot.ts";
import type { RuleDrift } from "../../snapshot/traffic.ts";
import { standInCutover } from "../stand-in-cutover.ts";
import type { PlainMinute } from "./read-plain-line.ts";
import type { Action, RecordedTick, RecordingItem } from "./recorded-tick.ts";

const CUTOVER = "recording";
const ALARM_ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:recording";
const NOT_RECORDED = "not in the recording";
const RULE_IN_SYNC = "traffic.ruleInSync";

const BINDINGS = standInCutover(CUTOVER, { alarms: [{ arn: ALARM_ARN, severity: "degraded" }] });

const pathsOf = (kind: string): readonly SignalPath[] =>
  Object.entries(SIGNALS).flatMap(([path, signal]) => (signal.kind === kind ? [path] : []));
const MINUTE_PATHS = pathsOf("minute");
const INSTANT_PATHS = pathsOf("instant");
const SPAN_PATHS = pathsOf("span");

/**
 * Follows plain minutes as if a guard had watched them: a tick a minute later each, which knows the ten minutes before
 * it and what is read at one moment as it was in the last of them. A weight that changes is a step, or going back.
 *
 * A tick is given out when the next minute is known, because only that shows what became of it.
 */
export const plainCourse = (): {
  readonly next: (minute: PlainMinute) => readonly RecordingItem[];
  readonly end: () => readonly RecordingItem[];
} => {
  let waiting: PlainMinute | null = null;
  let recent: readonly PlainMinute[] = [];
  let rows: readonly MinuteReadings[] = [];
  let state: CutoverState | null = null;
  let before: PlainMinute["decision"] = null;

  const given = (minute: PlainMinute, weightAfter: number): readonly RecordingItem[] => {
    state = state === null ? beganAt(minute) : follow(state, minute);
    const tick = later(minute.at, MINUTE_MS);
    const oldest = tick - SNAPSHOT_MINUTES * MINUTE_MS;
    recent = [...recent.filter(({ at }) => at >= oldest), minute];
    rows = [...rows.filter(({ at }) => at >= oldest), rowOf(minute)];
    const snapshot = snapshotOf(minute, { tick, epoch: state.epoch, recent, rows });
    if (minute.decision === "decommission") state = { ...state, approval: approvalOf(state, tick) };
    const judged = { line: minute.line, cutover: BINDINGS, tick, state, trouble: [] };
    const item = { ...judged, action: actionOf(minute, weightAfter, before), outcome: outcomeOf(minute) };
    state = { ...state, lastTick: tick };
    before = item.action?.kind ?? minute.decision;
    return [
      { kind: "snapshot", snapshot },
      { kind: "tick", tick: item },
    ];
  };
  return {
    next: (minute) => {
      const items = waiting === null ? [] : given(waiting, minute.weight);
      waiting = minute;
      return items;
    },
    end: () => (waiting === null ? [] : given(waiting, waiting.weight)),
  };
};

/** Nothing is taken apart that nobody approved. */
const approvalOf = ({ epoch }: CutoverState, at: EpochMs): Approval => ({
  by: CUTOVER,
  reason: "as recorded",
  epoch,
  at,
});

const outcomeOf = ({ decision, verdicts }: PlainMinute): RecordedTick["outcome"] =>
  decision === null && Object.keys(verdicts).length === 0
    ? null
    : { decision, reasons: [], verdicts: { gates: verdicts } };

/**
 * Going back goes to blue, however late the weight shows it; where a step that the next minute does not show leads to,
 * nobody said. A rollback latches: told in the minute after too, by word or by weight, it is the same and no other move.
 */
const actionOf = ({ weight, decision }: PlainMinute, weightAfter: number, before: string | null): Action | null => {
  const moved = weightAfter !== weight;
  const kind = decision ?? (!moved ? "hold" : weightAfter > weight ? "advance" : "rollback");
  if (kind === "decommission") return { kind, to: null };
  if (kind === "advance") return { kind, to: moved ? weightAfter : null };
  if (kind !== "rollback" || before === kind) return null;
  return { kind, to: moved ? weightAfter : 0 };
};

/** Nothing is known of the time before: this minute is the first that belongs to the step as a whole. */
const beganAt = ({ at, weight }: PlainMinute): CutoverState => {
  const before = earlier(at, 1);
  return atWeight(weight, before, before, {
    cutover: CUTOVER,
    version: 0,
    writeId: "",
    epoch: 1,
    armedBy: CUTOVER,
    wayBack: "open",
    evidence: {},
    policyDigest: "",
    whenNotLossless: "snap",
    drill: false,
    blueHostsAtArm: 1,
    conflictsAtArm: 0,
    rollbackSafety: { label: "unknown", seconds: null, reasons: [], at: before },
    blocking: [],
    lastTick: null,
    ledgerHead: EMPTY_LEDGER,
    outbox: [],
  });
};

type Standing = Omit<
  CutoverState,
  "armedAt" | "phase" | "step" | "weightPercent" | "steppedAt" | "verifiedAt" | "unprovenSince" | "soak"
>;

const atWeight = (weight: number, at: EpochMs, armedAt: EpochMs, standing: Standing): CutoverState => ({
  ...standing,
  armedAt,
  phase: weight === 0 ? "armed" : weight === 100 ? "soaking" : "shifting",
  step: -1,
  weightPercent: weightPercent(weight),
  steppedAt: at,
  verifiedAt: at,
  ...(weight > 0 && weight < 100 ? { unprovenSince: at } : {}),
  soak: weight === 100 ? beginSoak(at) : NO_SOAK,
});

/** A change is made within the first seconds of the minute that shows it. Back at 0, another attempt may begin. */
const follow = (state: CutoverState, { at, weight }: PlainMinute): CutoverState => {
  if (weight === state.weightPercent) return state;
  const changed = later(at, 1_000);
  return weight === 0
    ? atWeight(0, changed, changed, { ...state, epoch: state.epoch + 1, blocking: [], evidence: {} })
    : atWeight(weight, changed, state.armedAt, state);
};

const whyAbsent = ({ absent }: PlainMinute, path: SignalPath): string =>
  Object.hasOwn(absent, path) ? (absent[path] ?? NOT_RECORDED) : NOT_RECORDED;

const rowOf = (minute: PlainMinute): MinuteReadings => {
  const values: Record<string, number> = {};
  const absent: Record<string, string> = {};
  for (const path of MINUTE_PATHS) {
    const value = minute.values.get(path);
    if (typeof value === "number") values[path] = value;
    else absent[path] = whyAbsent(minute, path);
  }
  return { at: minute.at, values, absent };
};

interface Around {
  readonly tick: EpochMs;
  readonly epoch: number;
  /** Of the last ten minutes, this one included, oldest first. */
  readonly recent: readonly PlainMinute[];
  readonly rows: readonly MinuteReadings[];
}

const snapshotOf = (minute: PlainMinute, { tick, epoch, recent, rows }: Around): Snapshot => {
  // Within the minute that it speaks for.
  const readAt = epochMs(tick - 1);
  const span = (end: number): Observations =>
    Object.fromEntries(SPAN_PATHS.map((path) => [path, worstOf(recent, path, end, readAt)]));
  return {
    cutover: CUTOVER,
    epoch,
    tick,
    takenAt: tick,
    instants: instantsOf(minute, readAt),
    minutes: rows,
    p99ForGates: span(tick - GATE_DELAY_MINUTES * MINUTE_MS),
    p99ForRollback: span(tick),
  };
};

/** One datum over three minutes: the worst of them, and as in a cutover nothing where one is missing, or few came. */
const worstOf = (recent: readonly PlainMinute[], path: SignalPath, end: number, readAt: EpochMs): Observation => {
  const from = end - P99_MINUTES * MINUTE_MS;
  const within = recent.filter(({ at }) => at >= from && at < end);
  const recorded = (of: SignalPath): readonly number[] =>
    within.map(({ values }) => values.get(of)).filter((value) => typeof value === "number");
  const values = recorded(path);
  if (values.length < P99_MINUTES)
    return unknown(`${values.length} of the three minutes it speaks for are in the recording`, readAt);
  const requests = recorded(path.replace("p99Ms", "requests")).reduce((sum, count) => sum + count, 0);
  return requests < P99_MIN_REQUESTS
    ? unknown(`${requests} requests in those three minutes, a p99 needs ${P99_MIN_REQUESTS}`, readAt)
    : known(Math.max(...values), readAt);
};

const instantsOf = (minute: PlainMinute, readAt: EpochMs): Observations => {
  const instants: Record<string, Observation> = {};
  for (const path of INSTANT_PATHS) {
    const value = minute.values.get(path);
    instants[path] = value === undefined ? unknown(whyAbsent(minute, path), readAt) : known(value, readAt);
  }
  const fires = Number(minute.values.get("alarms.firing") ?? 0) > 0;
  const { drift, detail } = rulesIn(minute);
  if (drift !== "unreadable") instants[RULE_IN_SYNC] = known(drift === "in-sync", readAt);
  instants["traffic.drift"] = known(drift, readAt);
  instants["traffic.driftDetail"] = known(detail, readAt);
  instants["traffic.ruleGreenPercent"] = known(minute.weight, readAt);
  instants["alarms.firingArns"] = known(fires ? ALARM_ARN : "", readAt);
  return instants;
};

/** Whoever keeps no record of the rules took the weights for what they were; who says that nobody read them did not. */
const rulesIn = (minute: PlainMinute): { readonly drift: RuleDrift; readonly detail: string } => {
  const inSync = minute.values.get(RULE_IN_SYNC);
  if (inSync === false) return { drift: "foreign-shape", detail: "the rules are not as recorded, by the recording" };
  return inSync === undefined && Object.hasOwn(minute.absent, RULE_IN_SYNC)
    ? { drift: "unreadable", detail: whyAbsent(minute, RULE_IN_SYNC) }
    : { drift: "in-sync", detail: "" };
};
