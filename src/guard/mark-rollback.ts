import type { CutoverEvent } from "../decision/events.ts";
import { staysOnGreen } from "../decision/rollback-safety.ts";
import type { CutoverState, RollbackSafety } from "../decision/state.ts";
import type { Account } from "../ledger/compose.ts";
import { uncalledObstacle } from "./call-rollback.ts";
import { commitOnto } from "./commit.ts";
import { flushOutbox } from "./outbox.ts";
import type { PromotePorts, Tick } from "./promote-tick.ts";

const noticeOf = (cutover: string, isHeld: boolean, body: string): NonNullable<Account["notify"]> => ({
  subject: `${cutover}: ${isHeld ? "held, going back would lose writes" : "rolling back"}`,
  body,
  urgency: "page",
});

interface Marking {
  /** What this tick has measured; null where the latch is not its own. */
  readonly expected: RollbackSafety | null;
  readonly holds: boolean;
  /** Why nobody could be asked to raise the pin; null where that was not to be, or somebody was. */
  readonly uncalled: string | null;
}

/**
 * The tick is done; this commit also chains the latch's own record. A run that was frozen may come after a newer tick: the
 * newer one stays the last that was judged. A latch that this tick has joined is held here where the run that put it was
 * killed before it came to that.
 */
export const markTick = async (
  ports: PromotePorts,
  tick: Tick,
  latched: CutoverState,
  why: string,
  { expected, holds, uncalled }: Marking,
): Promise<void> => {
  const at = ports.clock.now();
  const safety = expected ?? latched.rollbackSafety;
  const judged: CutoverEvent = {
    kind: "judged",
    tick: tick.at,
    safety,
    blindSince: null,
    unprovenSince: null,
    blocking: [
      { what: "latch", since: at, value: why, threshold: "none", clears: "pawl arm --again --policy <name>" },
      ...(uncalled === null ? [] : [{ ...uncalledObstacle(uncalled), since: at }]),
    ],
  };
  const said = [why, `expected: ${safety.label}`, ...(uncalled === null ? [] : [uncalled])];
  const outcome = await commitOnto(ports, latched, (state) => {
    const overtaken = state.lastTick !== null && state.lastTick >= tick.at;
    if (overtaken && expected === null) return null;
    const isHeld = state.latch?.mode === "held";
    const isToBeHeld = !isHeld && holds && staysOnGreen(state);
    return {
      events: [
        ...(isToBeHeld ? [{ kind: "latchHeld" as const }] : []),
        ...(expected === null ? [] : [{ kind: "latchMeasured" as const, expected }]),
        ...(overtaken ? [] : [judged]),
      ],
      account: {
        kind: "rollback",
        summary: why,
        at,
        tick: tick.at,
        detail: { latch: state.latch?.record.id ?? "" },
        notify: noticeOf(state.cutover, isHeld || isToBeHeld, said.join("\n")),
      },
    };
  });
  if (outcome.kind === "committed") await flushOutbox(ports, outcome.state);
};
