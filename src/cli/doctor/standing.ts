import type { CutoverState } from "../../decision/state.ts";
import type { OutsideFailure, Result } from "../../kernel/result.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { hasLedger, type LedgerReading } from "../ledger-records.ts";
import { PATIENCE_MS } from "../limits.ts";
import type { Target } from "../target.ts";
import { type Finding, fails, holds, unread } from "./finding.ts";
import type { ExpectedRules } from "./routes.ts";

/** What the table says of a cutover; `isGone` where it holds a ledger and no state. */
export interface TableRead {
  readonly read: Result<CutoverState | null, OutsideFailure>;
  readonly isGone: boolean;
}

/** A ledger that cannot be read leaves it open whether a state was there. */
export const readTable = async (ports: LedgerReading, cutover: string): Promise<TableRead> => {
  const read = await ports.state.read(cutover, PATIENCE_MS);
  if (!read.ok || read.value !== null) return { read, isGone: false };
  const recorded = await hasLedger(ports, cutover);
  return recorded.ok ? { read, isGone: recorded.value } : { read: recorded, isGone: false };
};

/** Where the cutover stands, and so what its rules have to show. */
export const expectedRules = (table: TableRead): ExpectedRules => {
  const { read } = table;
  const state = read.ok ? read.value : null;
  const greenPercent = state?.weightPercent ?? 0;
  const onBlue = state?.latch?.mode === "snapped" && state.wayBack === "open";
  const rest = {
    whereRaised: raisedRemedy(table),
    isRecorded: read.ok && !table.isGone,
    pinDeleted: state !== null && state.wayBack !== "open",
  };
  return onBlue ? { greenPercent: 0, pin: "raised", ...rest } : { greenPercent, pin: "parked", ...rest };
};

/** Only before the first arm is a raised pin nobody's: after it parking one may undo a rollback that is not recorded. */
const raisedRemedy = ({ read, isGone }: TableRead): string | null => {
  if (isGone)
    return "Leave it up until the state is put back: it may be a rollback, and parked it would give green its share again.";
  if (!read.ok) return "Leave it up until the table answers: it may be a rollback that is not recorded.";
  if (read.value === null) return null;
  return read.value.intent?.kind === "lowerPin"
    ? "Wait: it is about to be lowered after arming again. Where it stays up, a tick latches again."
    : "Leave it up: all was sent to blue and that is not recorded; parked, it would give green its share again. pawl rollback --reason … records it.";
};

export const tableFinding = ({ read, isGone }: TableRead): Finding => {
  if (isGone)
    return fails(
      "table",
      "its state is gone, and its ledger is there: it was armed",
      "Put the state back from a backup of the table. To begin anew give the cutover another name: the ledger takes no second beginning.",
    );
  if (!read.ok) return unread("table", read.failure, "Check PAWL_TABLE and AWS_REGION: the stack makes the table.");
  const state = read.value;
  if (state === null) return holds("table", "answers; never armed");
  const settled = state.settled === undefined ? "" : `, settled ${state.settled.label}`;
  return holds("table", `answers; ${state.phase}, epoch ${state.epoch}${settled}`);
};

export const functionFinding = (name: string, probed: Result<void, OutsideFailure>): Finding =>
  probed.ok
    ? holds(`function ${name}`, "there, and may be invoked")
    : unread(`function ${name}`, probed.failure, "Package and deploy the stack, or correct PAWL_ROLLBACK_FUNCTION.");

export const policyFinding = (policy: Policy, target: Target, rehearsal: boolean): Finding => {
  const what = `policy ${policy.name}`;
  const steps = policy.steps.map(({ weight }) => `${weight} %`).join(", ");
  const value = `valid: ${steps}, soak ${policy.soak.duration}, ${policy.whenNotLossless} when not lossless`;
  if (policy.drill !== true) return holds(what, value);
  if (target.kind === "lab") return holds(what, `${value}, a drill in a lab`);
  return rehearsal
    ? holds(what, `${value}, a drill in a declared rehearsal`)
    : fails(
        what,
        `${value}, a drill`,
        "Arm the real policy; or say --rehearsal, where losing what is there costs nothing.",
      );
};

/** Stated, so that nobody forgets them: the weights do not move these. */
export const writersFinding = ({ otherWriters }: CutoverBindings): Finding =>
  otherWriters.length === 0
    ? holds("other writers", "none stated")
    : holds(
        "other writers",
        `${otherWriters.join(", ")}: the weights do not move them; they have to write one side only`,
      );
