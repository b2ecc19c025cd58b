import type { CutoverState } from "../../../src/decision/state.ts";
import type { OutsideAction } from "../../../src/decommission/acts.ts";
import type { DrillReport } from "../../../src/guard/drill-walk.ts";
import type { Notification } from "../../../src/guard/ports.ts";
import type { Run } from "./run.ts";

/** What can be seen of the world from outside the guard, as it happens. Instants are the world's own. */
export type WorldEvent =
  /** One request for a change of the rules leaves a run. */
  | {
      readonly kind: "sent";
      readonly at: number;
      readonly run: Run;
      readonly what: "weight" | "pin-up" | "pin-down" | "pin-deleted";
      readonly greenPercent: number | null;
      readonly route: number;
    }
  /** The rules of a route are other than they were. `run` null: somebody else did it. Shares are of 100. */
  | {
      readonly kind: "changed";
      readonly at: number;
      readonly run: Run | null;
      readonly sentAt: number;
      readonly what: string;
      readonly route: number;
      readonly effective: { readonly from: number; readonly to: number };
      readonly weighted: { readonly from: number; readonly to: number };
    }
  | {
      readonly kind: "stored";
      readonly at: number;
      readonly run: Run | null;
      readonly before: CutoverState | null;
      readonly after: CutoverState;
    }
  | { readonly kind: "act"; readonly at: number; readonly run: Run; readonly action: OutsideAction }
  | { readonly kind: "told"; readonly at: number; readonly notification: Notification }
  /** An alarm has been put into a state by hand, as asked `askedAt`. `rang`: it was in ALARM, and not by anybody's hand. */
  | {
      readonly kind: "alarm-set";
      readonly at: number;
      readonly askedAt: number;
      readonly run: Run;
      readonly arn: string;
      readonly to: "OK" | "ALARM";
      readonly rang: boolean;
    }
  /** What a rehearsal of the rollback has said at its end. */
  | {
      readonly kind: "rehearsed";
      readonly at: number;
      readonly run: Run;
      readonly arn: string;
      readonly report: DrillReport;
    }
  | { readonly kind: "threw"; readonly at: number; readonly run: Run; readonly error: unknown }
  /** A run has come to its own end: neither killed nor out of time. */
  | { readonly kind: "ended"; readonly at: number; readonly run: Run }
  | { readonly kind: "minute"; readonly at: number };
