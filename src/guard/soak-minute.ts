import { worstOf } from "../decision/blocking.ts";
import type { MinuteVerdict } from "../decision/soak.ts";
import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { judge } from "../policy/judge.ts";
import { gateLookBackMs, lookBackMs } from "../policy/look-back.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { GateVerdict } from "../policy/verdict.ts";
import { type Snapshots, soakMinuteEvidence, wasObserved } from "../snapshot/evidence.ts";
import { type Row, rowsOf } from "../snapshot/rows.ts";

/** What the minutes of a soak are judged by. */
interface Soaking {
  readonly state: CutoverState;
  readonly policy: Policy;
  /** The gates of the 100 % step. */
  readonly required: readonly string[];
  readonly snapshots: Snapshots;
}

/** What a minute's verdict was judged by. With all of it unchanged there is nothing to judge again. */
interface Judged {
  readonly policy: Policy;
  readonly verifiedAt: EpochMs;
  /** The minutes that its gates could see, by their numbers: rows themselves would hold on to all that were before. */
  readonly window: readonly number[];
  /** The tick whose p99 speaks for it; it may not have been there yet. */
  readonly p99: object | undefined;
  readonly verdict: MinuteVerdict;
}

const judgedMinutes = new WeakMap<Row, Judged>();

/** A number of its own for every row that was looked at. */
const numbers = new WeakMap<Row, number>();
let numbered = 0;

const numberOf = (row: Row): number => {
  const known = numbers.get(row);
  if (known !== undefined) return known;
  numbered += 1;
  numbers.set(row, numbered);
  return numbered;
};

const isWhole = (now: EpochMs, state: CutoverState, policy: Policy, gate: string): boolean =>
  now - gateLookBackMs(policy, gate) > minuteOf(state.verifiedAt);

/**
 * Whether a gate fails by this step's own minutes. While its window reaches back before the step, a gate that asks for
 * coverage cannot hold yet.
 */
export const failsForSure = (
  verdicts: readonly GateVerdict[],
  now: EpochMs,
  state: CutoverState,
  policy: Policy,
): boolean => verdicts.some(({ gate, verdict }) => verdict === "fail" && isWhole(now, state, policy, gate));

/**
 * One final minute of the soak as it is known now. Every tick asks it of the same few minutes again, because a counted
 * one may have got worse; most have not changed, and keep their verdict.
 */
export const soakMinuteVerdict = (soaking: Soaking, minute: EpochMs): MinuteVerdict => {
  const { state, policy, snapshots } = soaking;
  const stepBegan = minuteOf(state.verifiedAt);
  const since = later(minute, MINUTE_MS) - lookBackMs(policy);
  const window = rowsOf(snapshots).filter(({ at }) => at > stepBegan && at >= since && at <= minute);
  const newest = window.at(-1);
  const row = newest?.at === minute ? newest : undefined;
  const spokenAt = later(minute, 3 * MINUTE_MS);
  const p99 = snapshots.find(({ tick }) => tick === spokenAt)?.p99ForGates;
  const before = row === undefined ? undefined : judgedMinutes.get(row);
  if (before !== undefined && before.policy === policy && before.verifiedAt === state.verifiedAt && before.p99 === p99)
    if (isMadeOf(window, before.window)) return before.verdict;
  const verdict = judged(soaking, minute);
  if (row !== undefined) {
    const seen = window.map(numberOf);
    judgedMinutes.set(row, { policy, verifiedAt: state.verifiedAt, window: seen, p99, verdict });
  }
  return verdict;
};

const isMadeOf = (rows: readonly Row[], seen: readonly number[]): boolean => {
  if (rows.length !== seen.length) return false;
  for (let index = 0; index < rows.length; index += 1)
    if (numbers.get(rows[index] as Row) !== seen[index]) return false;
  return true;
};

/**
 * While its windows reach back before this step a gate cannot be known yet; a minute then counts if it was observed, because
 * the windows of the minutes after it hold it too. From then on only a minute whose gates all pass counts.
 */
const judged = ({ state, policy, required, snapshots }: Soaking, minute: EpochMs): MinuteVerdict => {
  const now = later(minute, MINUTE_MS);
  const verdicts = judge(policy, required, "gates", soakMinuteEvidence(snapshots, state, minute));
  const observed = wasObserved(snapshots, minute);
  if (failsForSure(verdicts, now, state, policy)) return "bad";
  if (!required.every((gate) => isWhole(now, state, policy, gate))) return observed ? "healthy" : "unproven";
  return worstOf(verdicts) === "pass" && observed ? "healthy" : "unproven";
};
