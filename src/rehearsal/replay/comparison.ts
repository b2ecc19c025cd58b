import type { EpochMs } from "../../kernel/units.ts";
import { verdictsIn } from "../recording/picture.ts";
import type { Action, RecordedTick } from "../recording/recorded-tick.ts";
import { type Played, sameAction } from "./player.ts";

/** What one side, the recording or a policy, makes of a tick. */
export interface View {
  readonly action: Action | null;
  /** null where nobody says, or where nothing is judged any more. */
  readonly decision: string | null;
  readonly reasons: readonly string[];
  readonly gates: Readonly<Record<string, string>>;
  readonly counterfactual: boolean;
}

/** A move that the two sides do not make alike. */
export interface Change {
  readonly action: Action;
  /** When the first and when the second made it; null where it never did. */
  readonly then: EpochMs | null;
  readonly now: EpochMs | null;
  /** Why the second goes back, or did not make the move when the first did. */
  readonly because: readonly string[];
  /** It lies after the first move that was another, so the evidence is of traffic that would not have been. */
  readonly counterfactual: boolean;
}

/** A gate whose verdict differed while nothing was counterfactual yet. */
export interface VerdictChange {
  readonly gate: string;
  readonly first: EpochMs;
  readonly ticks: number;
  /** The verdicts at the first of them. */
  readonly then: string;
  readonly now: string;
}

export interface Comparison {
  /** The first tick at which one side moved and the other did not, or elsewhere; null where they never part. */
  readonly divergence: { readonly tick: EpochMs; readonly then: Action | null; readonly now: Action | null } | null;
  readonly changes: readonly Change[];
  /** Changes that are not listed because there are too many. */
  readonly more: number;
  readonly verdicts: readonly VerdictChange[];
  /** Ticks by decision. */
  readonly decisions: { readonly then: Readonly<Record<string, number>>; readonly now: Readonly<Record<string, number>> };
}

export const recordedView = ({ action, outcome }: RecordedTick): View => ({
  action,
  decision: outcome?.decision ?? null,
  reasons: outcome?.reasons ?? [],
  gates: outcome?.verdicts.gates ?? {},
  counterfactual: false,
});

const ON_BLUE = ["it had already gone back to blue"];

export const playedView = ({ action, judged, counterfactual }: Played): View => ({
  action,
  decision: judged?.decision.kind ?? null,
  reasons: judged?.decision.reasons ?? ON_BLUE,
  gates: judged === null ? {} : verdictsIn(judged.judgement).gates,
  counterfactual,
});

/** One move of one epoch, as far as it has been seen. */
interface Move {
  readonly action: Action;
  then: EpochMs | null;
  now: EpochMs | null;
  because: readonly string[];
  counterfactual: boolean;
}

/** A recording can be made to hold any number of moves and names; more of them than this are counted only. */
const MOST_CHANGES = 1_000;

export const comparing = () => {
  const moves = new Map<string, Move>();
  const verdicts = new Map<string, VerdictChange>();
  const decisions = { then: new Map<string, number>(), now: new Map<string, number>() };
  let divergence: Comparison["divergence"] = null;
  let more = 0;

  const moved = (epoch: number, action: Action): Move | undefined => {
    const key = `${epoch} ${action.kind} ${action.to}`;
    const known = moves.get(key);
    if (known !== undefined) return known;
    if (moves.size >= MOST_CHANGES) {
      more += 1;
      return undefined;
    }
    const move: Move = { action, then: null, now: null, because: [], counterfactual: false };
    moves.set(key, move);
    return move;
  };

  const noteMoves = (tick: EpochMs, epoch: number, then: View, now: View): void => {
    const counterfactual = then.counterfactual || now.counterfactual;
    const first = then.action === null ? undefined : moved(epoch, then.action);
    if (first !== undefined && first.then === null) {
      first.then = tick;
      if (first.now === null && !sameAction(then.action, now.action)) first.because = now.reasons;
      first.counterfactual ||= counterfactual;
    }
    const second = now.action === null ? undefined : moved(epoch, now.action);
    if (second === undefined || second.now !== null) return;
    second.now = tick;
    if (now.action?.kind === "rollback") second.because = now.reasons;
    second.counterfactual ||= counterfactual;
  };

  const noteVerdicts = (tick: EpochMs, then: View, now: View): void => {
    if (then.counterfactual || now.counterfactual) return;
    for (const gate in then.gates) {
      const [before, after] = [then.gates[gate], Object.hasOwn(now.gates, gate) ? now.gates[gate] : undefined];
      if (before === undefined || after === undefined || before === after) continue;
      const known = verdicts.get(gate);
      if (known !== undefined) verdicts.set(gate, { ...known, ticks: known.ticks + 1 });
      else if (verdicts.size < MOST_CHANGES) verdicts.set(gate, { gate, first: tick, ticks: 1, then: before, now: after });
    }
  };

  return {
    add: (tick: EpochMs, epoch: number, then: View, now: View): void => {
      count(decisions.then, then.decision);
      count(decisions.now, now.decision);
      if (divergence === null && !sameAction(then.action, now.action))
        divergence = { tick, then: then.action, now: now.action };
      noteMoves(tick, epoch, then, now);
      noteVerdicts(tick, then, now);
    },
    result: (): Comparison => ({
      divergence,
      changes: [...moves.values()].filter(({ then, now }) => then !== now),
      more,
      verdicts: [...verdicts.values()],
      decisions: { then: Object.fromEntries(decisions.then), now: Object.fromEntries(decisions.now) },
    }),
  };
};

const count = (counts: Map<string, number>, decision: string | null): void => {
  if (decision !== null) counts.set(decision, (counts.get(decision) ?? 0) + 1);
};
