import type { CutoverState } from "../../decision/state.ts";
import type { Look } from "../../guard/look.ts";
import type { JsonValue } from "../../kernel/json.ts";
import type { EpochMs } from "../../kernel/units.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import type { Snapshots } from "../../snapshot/evidence.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Verdicts } from "./picture.ts";

/** A move of a cutover, as against waiting. `to` is green's share afterwards, null where nobody said. */
export interface Action {
  readonly kind: "advance" | "rollback" | "decommission";
  readonly to: number | null;
}

/** What was recorded of a tick's outcome, as far as the recording says. */
export interface Outcome {
  /** null where a plain recording holds verdicts alone. */
  readonly decision: string | null;
  /** The whole decision, where the guard itself recorded it. */
  readonly whole?: JsonValue;
  readonly reasons: readonly string[];
  readonly verdicts: Partial<Verdicts>;
  readonly operands?: readonly JsonValue[];
}

/** One tick of a recording, as the guard saw it. */
export interface RecordedTick {
  /** The line of the file it stands on. */
  readonly line: number;
  readonly cutover: CutoverBindings;
  readonly tick: EpochMs;
  /** The input state. Of a plain recording it knows no policy's steps: `step` is −1 and the phase follows the weight. */
  readonly state: CutoverState;
  /** Where the guard recorded it: all that this tick looked at, and the policy it was judged by, null if unreadable. */
  readonly guard?: { readonly looked: Snapshots; readonly policy: Policy | null; readonly digest: string | null };
  readonly trouble: Look["trouble"];
  /** What became of it, by what was decided or, in a plain recording, by the weight of the next line. */
  readonly action: Action | null;
  readonly outcome: Outcome | null;
}

export type RecordingItem =
  /** A snapshot, told once: before the first tick that looks at it. The newest one told is the tick's own. */
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "tick"; readonly tick: RecordedTick }
  /** A tick that was judged and cannot be replayed, with the reason; or what the file has lost. */
  | { readonly kind: "missing"; readonly line: number; readonly what: string };

/** A recording that cannot be read: which line, what is wrong with it, what to do. */
export class RecordingProblem extends Error {
  override readonly name = "RecordingProblem";
  readonly line: number;

  constructor(line: number, what: string) {
    super(what);
    this.line = line;
  }
}
