import type { JsonValue } from "../kernel/json.ts";

/** A JSON-logic expression; what may stand in one is checked by the linter, not by the type. */
export type Rule = JsonValue;
export type GateName = string;
/** "90s", "5m", "24h". */
export type DurationText = string;

export interface Gate {
  readonly why: string;
  /** Healthy when this is exactly `true`. */
  readonly rule: Rule;
}

export interface PolicyStep {
  readonly id: string;
  /** Green's share while in this step; strictly increasing from step to step, the last one 100. */
  readonly weight: number;
  readonly minDwell: DurationText;
  readonly maxDwell?: DurationText;
  readonly onMaxDwell?: "page" | "rollback";
  /** Gates judged at this weight; they open the way to the next step. Those of weight 100 are the soak's. */
  readonly promoteWhen: readonly GateName[];
}

export interface RollbackRule {
  readonly id: string;
  readonly why: string;
  readonly when: Rule;
}

/** A time in which nothing advances: `from` and `to`, or a part of every week. All of it is UTC; the end is not in it. */
export interface Freeze {
  readonly from?: string;
  readonly to?: string;
  /** "Fri 16:00 - Mon 06:00". */
  readonly weekly?: string;
  readonly why: string;
}

/** A gate that counts as passing for the way to the next step, by somebody's word and for a time. */
export interface Waiver {
  readonly gate: GateName;
  readonly why: string;
  readonly by: string;
  /** An instant, at most 14 days ahead when it is written. */
  readonly expires: string;
}

/** `policy.json`: gates, steps and rollback rules of one cutover. Fixed by digest when the cutover is armed. */
export interface Policy {
  readonly $schema?: string;
  readonly apiVersion: "pawl/v1";
  readonly name: string;
  readonly description: string;
  /** A rehearsal: may soak for less than 24 h, and is refused outside a lab or a declared rehearsal. */
  readonly drill?: boolean;
  readonly data: { readonly cadence: DurationText; readonly maxAge: DurationText; readonly minCoverage: number };
  readonly traffic: { readonly requestsPerMinute: number };
  readonly params?: Readonly<Record<string, number>>;
  readonly gates: Readonly<Record<GateName, Gate>>;
  readonly start: { readonly require: readonly GateName[]; readonly minDwell?: DurationText };
  readonly steps: readonly PolicyStep[];
  readonly rollback: readonly RollbackRule[];
  readonly whenNotLossless: "snap" | "hold";
  readonly blind: {
    readonly after: DurationText;
    readonly watch: readonly string[];
    readonly action: "hold" | "rollback";
  };
  readonly afterRollback: { readonly cooldown: DurationText };
  readonly soak: {
    readonly duration: DurationText;
    readonly maxDuration?: DurationText;
    readonly onBreak: "restart-clock" | "rollback";
  };
  readonly decommission: { readonly require: readonly GateName[]; readonly approval: "operator" };
  /** Times in which nothing advances. */
  readonly freeze: readonly Freeze[];
  /** Gates that count as passing for a time. */
  readonly waivers: readonly Waiver[];
}
