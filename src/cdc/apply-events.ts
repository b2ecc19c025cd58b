import type { Side } from "../signals/bindings.ts";
import type { PhaseName, Right } from "./plan-types.ts";
import type { Refusal } from "./refusal.ts";

/** What `cdc apply` tells while it works; holds no password. */
export type CdcEvent =
  | { readonly kind: "phase"; readonly phase: PhaseName; readonly why: string }
  /** `already`: there was nothing left to do. */
  | {
      readonly kind: "done" | "already";
      readonly phase: PhaseName;
      readonly right: Right;
      readonly side: Side | null;
      readonly what: string;
      readonly tookMs: number;
    }
  /** A lock was not free; tried again. */
  | { readonly kind: "again"; readonly phase: PhaseName; readonly what: string; readonly because: string }
  | { readonly kind: "waiting"; readonly phase: PhaseName; readonly for: string };

export type CdcListener = (event: CdcEvent) => void;

/** Why an apply ended before its end. What was done stays done; applying again goes on from there. */
export type CdcStop =
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] }
  /** Green would be fenced, and has users or may have some. */
  | { readonly kind: "green-in-use"; readonly why: string }
  | { readonly kind: "stopped"; readonly phase: PhaseName | "reading"; readonly what: string; readonly why: string };

export interface CdcApplied {
  readonly done: number;
  readonly already: number;
  readonly rowsCompared: number;
  readonly tookMs: number;
}
