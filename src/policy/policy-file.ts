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
  readonly start: { readonly require: readonly GateName[] };
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
  /** Not offered yet: refused unless empty. */
  readonly freeze: readonly JsonValue[];
  /** Not offered yet: refused unless empty. */
  readonly waivers: readonly JsonValue[];
}
