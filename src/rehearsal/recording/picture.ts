import type { Decision } from "../../decision/decision.ts";
import type { CutoverState } from "../../decision/state.ts";
import type { Look } from "../../guard/look.ts";
import type { JsonValue } from "../../kernel/json.ts";
import { EMPTY_LEDGER } from "../../ledger/chain.ts";
import type { Judgement } from "../../policy/verdict.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { FlatSnapshot } from "./flat-snapshot.ts";

export const FORMAT = "pawl-recording/v1";

/** What a state is made of beside bookkeeping: enough to judge a tick by. */
export type ReplayState = Omit<CutoverState, "version" | "writeId" | "ledgerHead" | "outbox">;

/** Every verdict by the name of its gate or rule. */
export interface Verdicts {
  readonly gates: Readonly<Record<string, string>>;
  readonly rollback: Readonly<Record<string, string>>;
  /** Watched signals without a value. */
  readonly blind: readonly string[];
  readonly disagreements: readonly string[];
}

/** Everything that a line of a recording tells of one judged tick. Lines hold what changed against the one before. */
export interface Picture {
  readonly cutover: CutoverBindings;
  readonly snapshot: FlatSnapshot;
  /** The oldest snapshot that was looked at, in milliseconds before the tick. */
  readonly back: number;
  /** The ticks of all that were looked at, where these are not all since `back` that the recording holds. */
  readonly looked: readonly number[] | null;
  readonly state: ReplayState;
  /** Digest; null where the policy could not be read. */
  readonly policy: string | null;
  readonly trouble: Look["trouble"];
  readonly decision: Decision;
  readonly verdicts: Verdicts;
  /** What every comparison compared, in the order of gates and rules. */
  readonly operands: readonly JsonValue[];
}

export const verdictsIn = ({ gates, rollback, blind, disagreements }: Judgement): Verdicts => ({
  gates: Object.fromEntries(gates.map(({ gate, verdict }) => [gate, verdict])),
  rollback: Object.fromEntries(rollback.map(({ rule, verdict }) => [rule, verdict])),
  blind: blind.map(({ signal }) => signal),
  disagreements,
});

export const operandsIn = ({ gates, rollback }: Judgement): readonly JsonValue[] => {
  const operands: JsonValue[] = [];
  for (const { comparisons } of gates) for (const { value } of comparisons) operands.push(value);
  for (const { comparisons } of rollback) for (const { value } of comparisons) operands.push(value);
  return operands;
};

export const withoutBookkeeping = ({
  version: _version,
  writeId: _writeId,
  ledgerHead: _head,
  outbox: _outbox,
  ...state
}: CutoverState): ReplayState => state;

export const withBookkeeping = (state: ReplayState): CutoverState => ({
  ...state,
  version: 0,
  writeId: "",
  ledgerHead: EMPTY_LEDGER,
  outbox: [],
});

/** What a tick's picture is told against: the one before, with what every judged tick leaves in the state. */
export const expectedNext = (before: Picture): Picture => ({
  ...before,
  state: {
    ...before.state,
    lastTick: before.snapshot.tick as CutoverState["lastTick"],
    blocking: before.decision.blocking,
  },
});
