import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, earlier, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { accumulatedUses } from "../policy/look-back.ts";
import { type Advanced, advanceEvidence, type Stretch } from "../policy/operations/evidence/advance.ts";
import { BASELINE_MINUTES } from "../policy/operations/evidence/burst.ts";
import type { Policy } from "../policy/policy-file.ts";
import { minuteRows, type Snapshots } from "../snapshot/evidence.ts";

/**
 * The accumulators of the state with this tick's final minutes consumed. Pure. Without a policy nobody knows what to
 * add up; the minutes wait in the snapshots.
 */
export const accumulate = (
  state: CutoverState,
  policy: Policy | null,
  snapshots: Snapshots,
  tick: EpochMs,
): Advanced => {
  if (policy === null) return { evidence: state.evidence, corrections: [] };
  const since = earlier(minuteOf(tick), BASELINE_MINUTES * MINUTE_MS);
  const seenBefore = snapshots.filter((one) => state.lastTick !== null && one.tick <= state.lastTick);
  return advanceEvidence(state.evidence, {
    uses: accumulatedUses(policy),
    tick,
    step: state.step < 0 ? null : { gatesFrom: after(state.verifiedAt), rollbackFrom: minuteOf(state.steppedAt) },
    soak: soakStretch(state),
    greenFrom: state.step < 0 ? (state.intent?.intentAt ?? null) : state.step === 0 ? state.steppedAt : state.armedAt,
    intentAt: state.intent?.intentAt ?? null,
    rows: minuteRows(snapshots, since),
    rowsBefore: minuteRows(seenBefore, since),
  });
};

const after = (at: EpochMs): EpochMs => later(minuteOf(at), MINUTE_MS);

const soakStretch = ({ soak }: CutoverState): Stretch | null =>
  soak.startedAt === null ? null : { gatesFrom: after(soak.startedAt), rollbackFrom: after(soak.startedAt) };
