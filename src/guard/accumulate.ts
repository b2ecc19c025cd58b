import type { CutoverState } from "../decision/state.ts";
import { type EpochMs, later, MINUTE_MS, minuteOf } from "../kernel/units.ts";
import { accumulatedUses } from "../policy/look-back.ts";
import { type Advanced, advanceEvidence, type Stretch } from "../policy/operations/evidence/advance.ts";
import type { Policy } from "../policy/policy-file.ts";
import type { Snapshots } from "../snapshot/evidence.ts";
import type { EvidenceState } from "../snapshot/evidence-state.ts";
import { rowsOf } from "../snapshot/rows.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Look } from "./look.ts";
import { isContinued } from "./table-trouble.ts";

/**
 * The accumulators of the state with this tick's final minutes consumed. Pure. Without a policy nobody knows what to
 * add up, and without the snapshots of the ticks before nobody knows what was added up: the minutes wait in the
 * snapshots, and the sums say of when they are.
 */
export const accumulate = (
  state: CutoverState,
  policy: Policy | null,
  { snapshots, trouble }: Pick<Look, "snapshots" | "trouble">,
  tick: EpochMs,
): Advanced => {
  if (policy === null || !isContinued(trouble)) return { evidence: leftStanding(state), corrections: [] };
  // First: the rows of this tick are those of the one before and a few more.
  const rowsBefore = rowsOf(snapshotsBefore(state, snapshots));
  return advanceEvidence(state.evidence, {
    uses: accumulatedUses(policy),
    tick,
    step: state.step < 0 ? null : { gatesFrom: after(state.verifiedAt), rollbackFrom: minuteOf(state.steppedAt) },
    soak: soakStretch(state),
    greenFrom: state.step < 0 ? (state.intent?.intentAt ?? null) : state.step === 0 ? state.steppedAt : state.armedAt,
    intentAt: state.intent?.intentAt ?? null,
    rows: rowsOf(snapshots),
    rowsBefore,
  });
};

/** The tick whose minutes the sums hold; null before any. */
const summedAt = ({ evidence, lastTick }: CutoverState): EpochMs | null => evidence.asOf ?? lastTick;

const leftStanding = (state: CutoverState): EvidenceState => {
  const asOf = summedAt(state);
  return asOf === null ? state.evidence : { ...state.evidence, asOf };
};

/** As the sums knew them: what a run has stored that never committed is news to them. */
const snapshotsBefore = (state: CutoverState, snapshots: Snapshots): readonly Snapshot[] => {
  const known = summedAt(state);
  return snapshots.filter(({ tick }) => known !== null && tick <= known);
};

const after = (at: EpochMs): EpochMs => later(minuteOf(at), MINUTE_MS);

const soakStretch = ({ soak }: CutoverState): Stretch | null =>
  soak.startedAt === null ? null : { gatesFrom: after(soak.startedAt), rollbackFrom: after(soak.startedAt) };
