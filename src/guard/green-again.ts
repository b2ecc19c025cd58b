import type { CutoverState } from "../decision/state.ts";
import type { EpochMs } from "../kernel/units.ts";
import { type CommitPorts, commitOnto } from "./commit.ts";

/**
 * Green was seen with traffic under a latch that had settled: rows may be there alone, and nobody may arm over them. Written
 * onto whatever is there, because a re-arm of the same minute goes by it; what is not answered, the tick's own record says again.
 */
export const unsettle = async (ports: CommitPorts, seen: CutoverState, at: EpochMs): Promise<CutoverState> => {
  const outcome = await commitOnto(ports, seen, ({ epoch, settled }) =>
    epoch === seen.epoch && settled !== undefined
      ? {
          events: [{ kind: "greenAgain", at }],
          account: {
            kind: "unsettled",
            summary: `green has traffic again: that it settled as ${settled.label} is no longer proven`,
            at,
            tick: null,
            detail: { settled: settled.label, reasons: settled.reasons },
          },
        }
      : null,
  );
  return outcome.kind === "committed" ? outcome.state : seen;
};
