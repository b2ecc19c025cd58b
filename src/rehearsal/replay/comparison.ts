import type { EpochMs } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
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
  /** Of a policy all its gates, asked at this tick or not; null where nobody says which there are. */
  readonly has: Policy["gates"] | null;
  readonly counterfactual: boolean;
  /** Of a policy's rollback that leaves traffic where it is, why; null of a recording, which says itself what became of it. */
  readonly held: string | null;
}

/** A move that the two sides do not make alike. */
export interface Change {
  readonly action: Action;
  /** When the first and when the second made it; null where it never did. */
  readonly was: EpochMs | null;
  readonly would: EpochMs | null;
  /** Why the second goes back, or did not make the move when the first did. */
  readonly because: readonly string[];
  /** It lies after the first move that was another, so the evidence is of traffic that would not have been. */
  readonly counterfactual: boolean;
  /** Why the second's rollback would have left traffic where it is; null where it would not. */
  readonly held: string | null;
}

/** A gate whose verdict differed while nothing was counterfactual yet. */
export interface VerdictChange {
  readonly gate: string;
  readonly first: EpochMs;
  readonly ticks: number;
  /** The verdicts at the first of them. */
  readonly was: string;
  readonly would: string;
}

export interface Comparison {
  /** The first tick at which one side moved and the other did not, or elsewhere; null where they never part. */
  readonly divergence: { readonly tick: EpochMs; readonly was: Action | null; readonly would: Action | null } | null;
  /** The first tick before which a side had moved otherwise than the recording did; null where none ever had. */
  readonly counterfactualFrom: EpochMs | null;
  readonly changes: readonly Change[];
  /** Changes that are not listed because there are too many. */
  readonly more: number;
  readonly verdicts: readonly VerdictChange[];
  /** Ticks by decision. */
  readonly decisions: {
    readonly was: Readonly<Record<string, number>>;
    readonly would: Readonly<Record<string, number>>;
  };
}

export const recordedView = ({ action, outcome }: RecordedTick): View => ({
  action,
  decision: outcome?.decision ?? null,
  reasons: outcome?.reasons ?? [],
  gates: outcome?.verdicts.gates ?? {},
  has: null,
  counterfactual: false,
  held: null,
});

const ON_BLUE = ["it had already gone back to blue"];
const HELD = ["its rollback was held"];

export const playedView = ({ policy, action, judged, counterfactual, held }: Played): View => ({
  action,
  decision: judged?.decision.kind ?? null,
  reasons: judged?.decision.reasons ?? (held === null ? ON_BLUE : HELD),
  gates: judged === null ? {} : verdictsIn(judged.judgement).gates,
  has: policy.gates,
  counterfactual,
  held,
});

/** One move of one epoch, as far as it has been seen. */
interface Move {
  readonly action: Action;
  was: EpochMs | null;
  would: EpochMs | null;
  because: readonly string[];
  counterfactual: boolean;
  held: string | null;
}

/** A recording can be made to hold any number of moves and names; more of them than this are counted only. */
const MOST_LISTED = 1_000;

/** Compares two sides tick by tick. */
export const comparing = () => {
  const moves = comparingMoves();
  const gates = comparingGates();
  const decisions = { was: new Map<string, number>(), would: new Map<string, number>() };
  let divergence: Comparison["divergence"] = null;
  let counterfactualFrom: EpochMs | null = null;
  return {
    add: (tick: EpochMs, epoch: number, was: View, would: View): void => {
      count(decisions.was, was.decision);
      count(decisions.would, would.decision);
      if (divergence === null && !sameAction(was.action, would.action))
        divergence = { tick, was: was.action, would: would.action };
      if (was.counterfactual || would.counterfactual) counterfactualFrom ??= tick;
      moves.add(tick, epoch, was, would);
      if (!was.counterfactual && !would.counterfactual) gates.add(tick, was.gates, would);
    },
    result: (): Comparison => ({
      divergence,
      counterfactualFrom,
      ...moves.result(),
      verdicts: gates.result(),
      decisions: { was: Object.fromEntries(decisions.was), would: Object.fromEntries(decisions.would) },
    }),
  };
};

/** The first time that each side made each move of an epoch. */
const comparingMoves = () => {
  const moves = new Map<string, Move>();
  let more = 0;
  const unmade = (epoch: number, action: Action | null, side: "was" | "would"): Move | null => {
    if (action === null) return null;
    const key = `${epoch} ${action.kind} ${action.to}`;
    const known = moves.get(key);
    if (known !== undefined) return known[side] === null ? known : null;
    const move: Move = { action, was: null, would: null, because: [], counterfactual: false, held: null };
    if (moves.size < MOST_LISTED) moves.set(key, move);
    else more += 1;
    return move;
  };
  return {
    add: (tick: EpochMs, epoch: number, was: View, would: View): void => {
      const counterfactual = was.counterfactual || would.counterfactual;
      const first = unmade(epoch, whither(was.action, would.action), "was");
      if (first !== null) {
        first.was = tick;
        if (first.would === null) first.counterfactual = counterfactual;
        if (first.would === null && !sameAction(was.action, would.action)) first.because = insteadOf(would);
      }
      const second = unmade(epoch, whither(would.action, was.action), "would");
      if (second !== null) {
        second.would = tick;
        second.counterfactual = counterfactual;
        if (second.action.kind === "rollback") [second.because, second.held] = [would.reasons, would.held];
      }
    },
    result: () => ({ changes: [...moves.values()].filter(({ was, would }) => was !== would), more }),
  };
};

/** A move of which nobody said where it goes goes where the other side's does, if that makes the same one now. */
const whither = (action: Action | null, other: Action | null): Action | null =>
  action?.to === null && sameAction(action, other) ? other : action;

/** Why a side does not make a move: what holds it up, or the other move that it makes. */
const insteadOf = ({ action, reasons }: View): readonly string[] =>
  action === null
    ? reasons
    : [action.to === null ? `${action.kind} instead` : `${action.kind} to ${action.to} % instead`];

const comparingGates = () => {
  const changes = new Map<string, VerdictChange>();
  const note = (tick: EpochMs, gate: string, was: string, would: string): void => {
    const known = changes.get(gate);
    if (known !== undefined) changes.set(gate, { ...known, ticks: known.ticks + 1 });
    else if (changes.size < MOST_LISTED) changes.set(gate, { gate, first: tick, ticks: 1, was, would });
  };
  return {
    add: (tick: EpochMs, was: View["gates"], would: View): void => {
      for (const gate in was) {
        const [one, other] = [was[gate], verdictOf(gate, would)];
        if (one !== undefined && other !== undefined && one !== other) note(tick, gate, one, other);
      }
    },
    result: (): readonly VerdictChange[] => [...changes.values()],
  };
};

/** Of a gate that is there and not asked at this tick nothing can be said; one that is not there never will be. */
const verdictOf = (gate: string, { gates, has }: View): string | undefined => {
  if (Object.hasOwn(gates, gate)) return gates[gate];
  return has === null || Object.hasOwn(has, gate) ? undefined : "not judged";
};

const count = (counts: Map<string, number>, decision: string | null): void => {
  if (decision !== null) counts.set(decision, (counts.get(decision) ?? 0) + 1);
};
