import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { accumulatedUses } from "../policy/look-back.ts";
import { type Advanced, advanceEvidence, type Stretch } from "../policy/operations/evidence/advance.ts";
import type { Policy } from "../policy/policy-file.ts";
import { rowsOf } from "../snapshot/rows.ts";
import type { Look } from "./look.ts";
import { isContinued } from "./table-trouble.ts";

/**
 * The accumulators of the state with this tick's final minutes consumed. Pure. Without a policy nobody knows what to
 * add up, and without the snapshots of the ticks before not what those minutes were known as: they wait in the
 * snapshots.
 */
export const accumulate = (
  state: CutoverState,
  policy: Policy | null,
  { snapshots, trouble }: Pick<Look, "snapshots" | "trouble">,
  tick: EpochMs,
): Advanced => {
  if (policy === null || !isContinued(trouble)) return { evidence: state.evidence, corrections: [] };
  return advanceEvidence(state.evidence, {
    uses: accumulatedUses(policy),
    tick,
    step: state.step < 0 ? null : { gatesFrom: after(state.verifiedAt), rollbackFrom: minuteOf(state.steppedAt) },
    soak: soakStretch(state),
    greenFrom: state.step < 0 ? (state.intent?.intentAt ?? null) : state.step === 0 ? state.steppedAt : state.armedAt,
    intentAt: state.intent?.intentAt ?? null,
    rows: rowsOf(snapshots),
  });
};

const after = (at: EpochMs): EpochMs => later(minuteOf(at), MINUTE_MS);

const soakStretch = ({ soak }: CutoverState): Stretch | null =>
  soak.startedAt === null ? null : { gatesFrom: after(soak.startedAt), rollbackFrom: after(soak.startedAt) };
