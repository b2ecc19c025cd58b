import type { CutoverState } from "../decision/state.ts";
import { toIso } from "../kernel/instant.ts";
import type { Label } from "./say-label.ts";

type Latch = NonNullable<CutoverState["latch"]>;

/** A rollback in the document that `status --json` prints. */
export interface LatchStatus {
  readonly mode: string;
  readonly cause: string;
  readonly at: string;
  /** When the rules were seen to send everything to blue; null before that. */
  readonly verifiedAt: string | null;
  /** What it was expected to cost. */
  readonly expected: Label;
  /** What it proved to have cost; null until that is proven. */
  readonly settled: Label | null;
}

export const latchStatus = (latch: Latch, settled: CutoverState["settled"]): LatchStatus => ({
  mode: latch.mode,
  cause: describeCause(latch),
  at: toIso(latch.at),
  verifiedAt: latch.verifiedAt === undefined ? null : toIso(latch.verifiedAt),
  expected: labelOf(latch.expected),
  settled: settled === undefined ? null : labelOf(settled),
});

const labelOf = ({ label, reasons }: Label): Label => ({ label, reasons });

export const describeCause = ({ cause }: Latch): string => {
  switch (cause.kind) {
    case "alarm":
      return `alarm ${cause.alarmArn.split(":").at(-1)} (${cause.severity})`;
    case "policy":
      return `policy rule ${cause.rules.join(", ")}`;
    case "operator":
      return `${cause.by}: ${cause.reason}`;
    case "outsider":
      return `somebody else: ${cause.what}`;
  }
};
