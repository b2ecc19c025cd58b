import type { CutoverState, OperatorRequest } from "../../../src/decision/state.ts";
import type { WorldEvent } from "../world/events.ts";
import { SKEW_MS } from "./assumed.ts";
import type { Checker } from "./checker.ts";

type Stored = Extract<WorldEvent, { kind: "stored" }>;

/** An operator who is not heard by then has been told so, and may have changed their mind. */
const HEARD_WITHIN_MS = 5 * 60_000;

/** P6: what an operator asked is carried out in the epoch it was meant for, soon, or never. */
export const wordOfOperators = (): Checker => {
  let asked: { readonly at: number; readonly epoch: number; readonly request: OperatorRequest } | null = null;

  const stored = ({ at, run, before, after }: Stored): string | null => {
    if (before === null) return null;
    if (run?.kind === "operator" && after.request !== undefined && after.request.at !== before.request?.at) {
      asked = { at, epoch: before.epoch, request: after.request };
      return null;
    }
    if (asked === null || after.request !== undefined || before.request?.at !== asked.request.at) return null;
    const { verb } = asked.request;
    if (!isCarriedOut(verb, before, after)) return null;
    if (before.epoch !== asked.epoch) return `${verb} of epoch ${asked.epoch} was carried out in ${before.epoch}`;
    // By when the run began that took it: its write may stand still for as long as nobody else has written.
    const lateMs = (run?.startedAt ?? at) - asked.at - HEARD_WITHIN_MS - SKEW_MS;
    return lateMs > 0 ? `${verb} was carried out ${Math.ceil(lateMs / 1_000)} s after it had expired` : null;
  };

  return { promise: "P6", watch: (event) => (event.kind === "stored" ? stored(event) : null) };
};

const isCarriedOut = (verb: OperatorRequest["verb"], before: CutoverState, after: CutoverState): boolean => {
  switch (verb) {
    case "pause":
      return after.pause !== undefined && after.pause.at !== before.pause?.at;
    case "resume":
      return (before.pause !== undefined && after.pause === undefined) || isReleased(before, after);
    case "approve":
      return after.approval !== undefined && after.approval.at !== before.approval?.at;
    case "adopt":
      return (
        after.policyDigest !== before.policyDigest || (after.adoption !== undefined && before.adoption === undefined)
      );
    case "advance":
      return false;
  }
};

const isReleased = (before: CutoverState, after: CutoverState): boolean =>
  before.latch !== undefined && after.latch === undefined && after.phase !== "armed";
