import type { CutoverState } from "../../../src/decision/state.ts";
import type { Also } from "../also.ts";
import type { FaultKind } from "./kinds.ts";
import { type Odds, odds } from "./menu.ts";

/**
 * A few kinds of fault, each far likelier than on a bad day, and nothing else: coincidences that a year of ordinary seeds
 * would bring about once. The guard has to keep every promise in them too.
 */
export interface Storm {
  readonly why: string;
  /** Where the drill's is too short for it. */
  readonly policy?: "production";
  /** It breaks out with this phase, and all is calm before. */
  readonly during?: CutoverState["phase"];
  /** Where it is about two routes that end differently. */
  readonly routes?: 2;
  /** Where it is about what a decision rests on: every one is recomputed. */
  readonly recomputes?: true;
  /** What it is about, beside what happens in every run. */
  readonly also?: readonly Also[];
  readonly odds: Readonly<Partial<Record<FaultKind, Odds>>>;
}

export const always = (share = 1): Odds => odds(60, [60, 60], share);
