import { type CutoverEvent, evolve } from "../decision/evolve.ts";
import { holdsInstead } from "../decision/rollback-safety.ts";
import type { CutoverState, Latch } from "../decision/state.ts";
import { commitOnto } from "./commit.ts";
import { flushOutbox } from "./outbox.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";

const HELD: CutoverEvent = { kind: "latchHeld" };

/**
 * A held latch lets traffic stay; only somebody who accepts the loss, or an alarm that cannot wait, ends it here. Where
 * the table did not answer, a hold holds all the same: what would be lost is lost for good, and the next tick records it
 * and tells somebody. What would have ended a held one has not.
 */
export const hold = async (
  ports: SnapBackPorts,
  state: CutoverState,
  trigger: SnapBackTrigger,
): Promise<CutoverState> => {
  const { latch } = state;
  if (latch === undefined || latch.verifiedAt !== undefined) return state;
  const waits = latch.mode === "held" || holdsInstead(latch.cause, latch.expected, state.whenNotLossless);
  if (!waits) return state;
  const override = overrideOf(trigger);
  if (latch.mode === "held" && override === null) return state;
  const outcome = await commitOnto(ports, state, (now) => {
    if (now.latch === undefined || now.latch.verifiedAt !== undefined) return null;
    const at = ports.clock.now();
    return {
      events: [override === null ? HELD : { kind: "latchReleased", cause: override, expected: now.latch.expected }],
      account: {
        kind: override === null ? "held" : "released",
        summary: override === null ? "traffic stays: going back would not be lossless" : "going back, loss accepted",
        at,
        tick: null,
        detail: { expected: now.latch.expected.label },
        notify: {
          subject: `${now.cutover}: ${override === null ? "held, going back would lose writes" : "going back"}`,
          body: `${now.latch.expected.label}: ${now.latch.expected.reasons.join("; ")}`,
          urgency: "page",
        },
      },
    };
  });
  if (outcome.kind === "committed") return flushOutbox(ports, outcome.state);
  if (outcome.kind === "moved") return outcome.state ?? state;
  return override === null ? evolve(state, HELD) : state;
};

const overrideOf = (trigger: SnapBackTrigger): Latch["cause"] | null => {
  if (trigger.kind === "operator" && trigger.acceptLoss)
    return { kind: "operator", by: trigger.by, reason: trigger.reason };
  return trigger.kind === "alarm" && trigger.severity === "hard-down" ? trigger : null;
};
