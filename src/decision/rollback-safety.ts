import type { EpochMs } from "../kernel/units.ts";
import { STRAY_WINDOW_MS } from "../signals/catalogue.ts";
import type { Observations, SignalValue } from "../signals/observation.ts";
import { INSTANT_MAX_AGE_MS } from "../snapshot/freshness.ts";
import type { CutoverState, RollbackSafety, SafetyLabel } from "./state.ts";

/** Older than this, the reverse token no longer shows that a write of a moment ago is back on blue. */
const LOSSLESS_TOKEN_SECONDS = 5;

/** Tokens travel in a topic of their own and overtake rows that have piled up; so few records are always under way. */
const UNDER_WAY_RECORDS = 100;

type Read = <Value extends SignalValue>(path: string, is: (value: SignalValue) => value is Value) => Value | null;

export const isNumber = (value: SignalValue): value is number => typeof value === "number" && !Number.isNaN(value);
const isText = (value: SignalValue): value is string => typeof value === "string";
export const isFlag = (value: SignalValue): value is boolean => typeof value === "boolean";

/**
 * What sending all traffic back to blue would cost now, from the newest readings of the reverse stream.
 *
 * A gap or a dead letter is a loss whatever else can or cannot be read; without one, anything unreadable makes the
 * whole label unknown. Never better than the worst that is known.
 */
export const rollbackSafety = (instants: Observations, at: EpochMs): RollbackSafety => {
  const missing: string[] = [];
  const read: Read = (path, is) => {
    const seen = instants[path];
    const fresh = seen?.known === true && at - seen.readAt <= INSTANT_MAX_AGE_MS;
    if (fresh && is(seen.value)) return seen.value;
    missing.push(
      `${path} ${seen === undefined ? "was not read" : seen.known ? "is stale" : `is unknown: ${seen.reason}`}`,
    );
    return null;
  };
  const gap = read("reverse.dataGap", isFlag);
  const deadLetters = read("reverse.deadLetters", isNumber);
  const seconds = read("reverse.lagSeconds", isNumber);
  const behind = behindReasons(read, seconds);

  const lost = [
    ...(gap === true ? ["the reverse stream has a gap"] : []),
    ...((deadLetters ?? 0) > 0 ? [`${deadLetters} records of the reverse stream were put aside`] : []),
  ];
  const label = (name: SafetyLabel, reasons: readonly string[]): RollbackSafety => ({
    label: name,
    seconds,
    reasons,
    at,
  });
  if (lost.length > 0) return label("lossy", lost);
  if (missing.length > 0) return label("unknown", missing);
  return behind.length > 0 ? label("bounded", behind) : label("lossless", []);
};

/** Counts only where nothing is missing: without a value the label is unknown, and none of these is said. */
const behindReasons = (read: Read, seconds: number | null): readonly string[] => {
  const state = read("reverse.state", isText);
  const [running, expected] = [read("reverse.tasksRunning", isNumber), read("reverse.tasksExpected", isNumber)];
  const conflicts = read("conflicts.new", isNumber);
  const headroom = read("sequences.headroomSeconds", isNumber);
  const [records, written] = [read("reverse.lagRecords", isNumber), read("reverse.strayRows", isNumber)];
  const tasksUp = running === expected && expected !== 0;
  return [
    ...((seconds ?? 0) > LOSSLESS_TOKEN_SECONDS ? [`the reverse token is ${seconds} s old`] : []),
    ...(isPiledUp(records ?? 0, written ?? 0) ? [`${records} records of the reverse stream are not on blue yet`] : []),
    ...(state === "RUNNING" ? [] : [`the reverse stream is ${state}`]),
    ...(tasksUp ? [] : [`${running} of ${expected} reverse tasks run`]),
    ...((conflicts ?? 0) > 0 ? [`${conflicts} rows were written on both sides`] : []),
    ...((headroom ?? 1) <= 0 ? ["the sequences of both sides have met"] : []),
  ];
};

/** More than green writes in the time that a lossless token may be old: a fresh token has overtaken them. */
const isPiledUp = (records: number, written: number): boolean =>
  records > Math.max(UNDER_WAY_RECORDS, (written / STRAY_WINDOW_MS) * LOSSLESS_TOKEN_SECONDS * 1_000);

/** Whether this cause may wait on green where going back would lose writes. */
export const holdsInstead = (
  cause: { readonly kind: string; readonly severity?: string },
  expected: RollbackSafety,
  whenNotLossless: "snap" | "hold",
): boolean => {
  const mayWait = cause.kind === "policy" || (cause.kind === "alarm" && cause.severity === "degraded");
  return mayWait && whenNotLossless === "hold" && expected.label !== "lossless";
};

/** Whether traffic stays under this latch: it is held, or it is to be, and whoever put it blindly has not come to that yet. */
export const staysOnGreen = ({ latch, whenNotLossless }: Pick<CutoverState, "latch" | "whenNotLossless">): boolean =>
  latch !== undefined &&
  latch.verifiedAt === undefined &&
  (latch.mode === "held" || holdsInstead(latch.cause, latch.expected, whenNotLossless));
