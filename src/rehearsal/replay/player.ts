import type { CutoverEvent } from "../../decision/events.ts";
import { evolve } from "../../decision/evolve.ts";
import type { CutoverState } from "../../decision/state.ts";
import { type JudgedTick, judgeTick } from "../../guard/judge-tick.ts";
import { judgedEvent, judgedEvents } from "../../guard/promote-tick.ts";
import { MINUTE_MS } from "../../kernel/units.ts";
import { lookBackMs } from "../../policy/look-back.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { Snapshots } from "../../snapshot/evidence.ts";
import { SNAPSHOT_MINUTES } from "../../snapshot/freshness.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import { isHeld } from "../is-held.ts";
import { actionIn } from "../recording/read-guard-lines.ts";
import type { Action, RecordedTick } from "../recording/recorded-tick.ts";
import { withSnapshot } from "../recording/snapshot-window.ts";

/** What a policy makes of one recorded tick. */
export interface Played {
  readonly policy: Policy;
  readonly action: Action | null;
  /** null while its own rollback stands: nothing is judged until the recording begins a new epoch. */
  readonly judged: JudgedTick | null;
  /** Something before this tick already went another way than in the recording. */
  readonly counterfactual: boolean;
  /** Why its rollback leaves traffic where it is; null where there is none, or it goes back. */
  readonly held: string | null;
}

export interface Player {
  readonly see: (snapshot: Snapshot) => void;
  readonly play: (recorded: RecordedTick) => Played;
}

/**
 * Plays a policy over a recording. What was done is as recorded until the policy would have done something else; from
 * then on its own decisions move its own state, over evidence that traffic would not have given then.
 */
export const policyPlayer = (policy: Policy): Player => {
  const look = snapshotWindow(SNAPSHOT_MINUTES * MINUTE_MS + lookBackMs(policy));
  let own: CutoverState | null = null;
  let onBlue = false;
  let diverged = false;
  let counterfactual = false;
  let held: string | null = null;

  const stateAt = (recorded: CutoverState): CutoverState => {
    if (own !== null && own.epoch >= recorded.epoch)
      return diverged ? asOperated(own, recorded) : asRecorded(own, underPolicy(recorded, policy));
    // Somebody armed it again: whatever a policy would have done before, from here on both begin alike.
    [onBlue, diverged, held] = [false, false, null];
    return underPolicy(own === null ? recorded : { ...recorded, evidence: {} }, policy);
  };

  return {
    see: look.add,
    play: ({ state: recorded, cutover, trouble, tick, action: done }) => {
      const before = counterfactual;
      const state = stateAt(recorded);
      own = state;
      const snapshots = look.snapshots();
      if (onBlue || snapshots === null) return { policy, action: null, judged: null, counterfactual: before, held };
      const judged = judgeTick(cutover, state, policy, { snapshots, trouble }, tick);
      const action = actionIn(judged.decision);
      onBlue = action?.kind === "rollback";
      held = whyHeld(judged, policy);
      if (!sameAction(action, done)) [diverged, counterfactual] = [true, true];
      const events = diverged ? carriedOut(state, judged, policy, snapshots) : [judgedEvent(tick, judged)];
      own = events.reduce(evolve, state);
      return { policy, action, judged, counterfactual: before, held };
    },
  };
};

/** Whether two moves are the same, as far as both say where they go. */
export const sameAction = (one: Action | null, other: Action | null): boolean =>
  one?.kind === other?.kind && (one?.to === other?.to || one?.to === null || other?.to === null);

const whyHeld = (judged: JudgedTick, policy: Policy): string | null => {
  if (!isHeld(judged, policy)) return null;
  const { safety } = judged;
  const [first = "", ...others] = safety.reasons;
  return `going back is ${safety.label} (${first}${others.length === 0 ? "" : `; and ${others.length} more`})`;
};

/** The snapshots of one epoch as far back as is looked. */
const snapshotWindow = (keepMs: number) => {
  let kept: readonly Snapshot[] = [];
  return {
    add: (snapshot: Snapshot): void => {
      const oldest = kept.findIndex(({ tick }) => tick >= snapshot.tick - keepMs);
      kept = withSnapshot(oldest > 0 ? kept.slice(oldest) : kept, snapshot);
    },
    snapshots: (): Snapshots | null => {
      const newest = kept.at(-1);
      return newest === undefined ? null : [...kept.slice(0, -1), newest];
    },
  };
};

/** Where a policy with other steps stands at a recorded weight: in its last step that is not above it. */
const underPolicy = (state: CutoverState, { steps }: Policy): CutoverState => {
  const step = steps.findLastIndex(({ weight }) => weight <= state.weightPercent);
  const isLast = step === steps.length - 1;
  const phase = step < 0 ? "armed" : !isLast ? "shifting" : state.phase === "shifting" ? "soaking" : state.phase;
  return state.phase === "rolledBack" || state.phase === "complete" ? { ...state, step } : { ...state, step, phase };
};

/** What was done is as recorded; what judging leaves in the state is this policy's own. */
const asRecorded = (own: CutoverState, recorded: CutoverState): CutoverState => {
  const { blindSince: _theirs, unprovenSince: _nor, permit: _permit, ...done } = recorded;
  const { blindSince, permit, lastTick, blocking, rollbackSafety, evidence } = own;
  const goesOn = own.step === recorded.step && own.phase === recorded.phase;
  const { soak, unprovenSince } = goesOn ? own : recorded;
  return {
    ...done,
    ...{ soak, lastTick, blocking, rollbackSafety, evidence },
    ...(blindSince === undefined ? {} : { blindSince }),
    ...(unprovenSince === undefined ? {} : { unprovenSince }),
    ...(permit === undefined ? {} : { permit }),
  };
};

/** Operators paused and approved whatever the policy would have done. */
const asOperated = (own: CutoverState, { pause, approval }: CutoverState): CutoverState => {
  const { pause: _pause, approval: _approval, ...rest } = own;
  return { ...rest, ...(pause === undefined ? {} : { pause }), ...(approval === undefined ? {} : { approval }) };
};

/** The events of a tick whose decision is carried out at once, and without a fault. */
export const carriedOut = (
  state: CutoverState,
  judged: JudgedTick,
  policy: Policy,
  snapshots: Snapshots,
): readonly CutoverEvent[] => {
  const { decision } = judged;
  const { tick, takenAt } = snapshots.at(-1) ?? snapshots[0];
  if (decision.kind !== "advance") return judgedEvents(tick, state, judged);
  const { step, to } = decision;
  const intent = { kind: "setWeight", epoch: state.epoch, to, intentAt: takenAt, notAfter: takenAt } as const;
  const last = step === policy.steps.length - 1;
  return [
    judgedEvent(tick, judged),
    { kind: "intentAnnounced", intent },
    { kind: "weightCommitted", step, at: takenAt, last },
  ];
};
