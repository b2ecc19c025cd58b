import type { JsonObject } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { CutoverId } from "../signals/bindings.ts";

/** One decision or transition, as anyone can recompute it from what was stored. Numbered and chained by hash. */
export interface LedgerRecord {
  readonly seq: number;
  /** `hash` of record `seq − 1`; 64 zeros before the first. */
  readonly previous: string;
  /** SHA-256 over the canonical JSON of everything here but `hash` itself. */
  readonly hash: string;
  readonly id: string;
  readonly cutover: CutoverId;
  readonly epoch: number;
  /** The scheduled minute, null for what no tick asked for (an alarm, an operator). */
  readonly tick: EpochMs | null;
  readonly at: EpochMs;
  readonly kind: string;
  readonly summary: string;
  /** Inputs by key and digest (state, snapshots, policy), engine version, verdicts with operands, the decision. */
  readonly detail: JsonObject;
}
