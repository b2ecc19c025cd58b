import type { Evidence } from "../../snapshot/snapshot.ts";
import type { Judged } from "../verdict.ts";

export type Literal = string | number | boolean;

/**
 * What may stand in an argument's place. `series` is a signal that has a value a minute and is a number; `row-signal`
 * any that minutes hold; `signal` any of the catalogue. `share` is a number between 0 and 1, `ratio` one above 0.
 * `look-back` is a window, or "step" or "soak": as long as these have lasted.
 */
export type ArgumentKind = SignalKind | "window" | "look-back" | "statistic" | "share" | "ratio";

type SignalKind = "series" | "row-signal" | "signal";

/** Whether an argument of this kind names a signal. */
export const isSignalKind = (kind: ArgumentKind): kind is SignalKind =>
  kind === "series" || kind === "row-signal" || kind === "signal";

export interface OperationContext {
  readonly evidence: Evidence;
  /** Least observed share of a window's minutes; below it the window says nothing. */
  readonly minCoverage: number;
  /**
   * Rollback rules look up to T, where the newest minutes may not be reported yet: there they may be missing, because
   * they can only add to what the others show. For promotion every minute counts.
   */
  readonly newestMinute: "required" | "optional";
}

/**
 * An operation over evidence. It takes literal arguments only, so that the linter knows beforehand which signals and
 * how long a past a policy needs, and is computed before JSON-logic sees the rule.
 */
export interface Operation {
  /** The arguments it takes, in order; several forms where their number differs. */
  readonly forms: readonly (readonly ArgumentKind[])[];
  /** The arguments have been checked against `forms`. Unknown with its reason; never throws. */
  readonly resolve: (args: readonly Literal[], context: OperationContext) => Judged;
  /** As an operator would say it: "max forward.lagRecords over 3m". */
  readonly describe: (args: readonly Literal[]) => string;
}

/** Operations by name. A later one is one more entry; no evaluation ever changes the table of another. */
export type Operations = Readonly<Record<string, Operation>>;
