import type { CutoverState } from "../../src/decision/state.ts";
import type { StatePort } from "../../src/guard/ports.ts";

/** Tells of every version that whoever writes through it was told it had written. */
export const overheard = (state: StatePort, committed: (state: CutoverState) => void): StatePort => ({
  read: (...asked) => state.read(...asked),
  transition: async (...asked) => {
    const outcome = await state.transition(...asked);
    if (outcome.kind === "committed") committed(outcome.state);
    return outcome;
  },
  latch: async (...asked) => {
    const outcome = await state.latch(...asked);
    if (outcome.kind === "latched") committed(outcome.after);
    return outcome;
  },
});
