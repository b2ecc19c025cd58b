import type { CutoverEvent } from "../decision/events.ts";
import { evolve } from "../decision/evolve.ts";
import { staysOnGreen } from "../decision/rollback-safety.ts";
import type { CutoverState, Latch } from "../decision/state.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Account } from "../ledger/compose.ts";
import { commitOnto } from "./commit.ts";
import { flushOutbox } from "./outbox.ts";
import type { SnapBackPorts, SnapBackTrigger } from "./snap-back-trigger.ts";

export interface Held {
  /** As it is then; what it has to say waits in it where the hold is over: traffic does not wait for the ledger and the topic. */
  readonly state: CutoverState;
  /** Present where this run has ended the hold: the state as that write left it. */
  readonly released?: CutoverState;
}

/**
 * A held latch lets traffic stay; only somebody who accepts the loss, or an alarm that cannot wait, ends it here. None begins
 * where promote asks: it has measured at this very tick what going back costs, and the state may still say what the last one did.
 *
 * Where the table did not take it, a hold holds all the same: what would be lost is lost for good, and the next tick
 * records it and tells somebody. What ends one ends it all the same, too: not being recorded never keeps green on.
 */
export const hold = async (ports: SnapBackPorts, state: CutoverState, trigger: SnapBackTrigger): Promise<Held> => {
  const override = overrideOf(trigger);
  const change = (now: CutoverState): CutoverEvent | null => {
    const event = changeOf(now, override);
    return trigger.kind === "promote" && event?.kind === "latchHeld" ? null : event;
  };
  if (change(state) === null) return { state };
  const outcome = await commitOnto(ports, state, (now) => {
    const event = change(now);
    return event === null ? null : { events: [event], account: accountOf(now, override, ports.clock.now()) };
  });
  if (outcome.kind === "committed")
    return outcome.state.latch?.mode === "held"
      ? { state: await flushOutbox(ports, outcome.state) }
      : { state: outcome.state, released: outcome.state };
  const last = outcome.kind === "moved" ? (outcome.state ?? state) : state;
  const event = change(last);
  return { state: event === null ? last : evolve(last, event) };
};

/** What this run makes of the latch as it is: held, if it is to be and is not yet, or released; null where nothing changes. */
const changeOf = (state: CutoverState, override: Latch["cause"] | null): CutoverEvent | null => {
  const { latch } = state;
  if (latch === undefined || !staysOnGreen(state)) return null;
  if (override !== null) return { kind: "latchReleased", cause: override, expected: latch.expected };
  return latch.mode === "held" ? null : { kind: "latchHeld" };
};

const accountOf = ({ cutover, latch }: CutoverState, override: Latch["cause"] | null, at: EpochMs): Account => ({
  kind: override === null ? "held" : "released",
  summary: override === null ? "traffic stays: going back would not be lossless" : "going back, loss accepted",
  at,
  tick: null,
  detail: { expected: latch?.expected.label ?? "unknown" },
  notify: {
    subject: `${cutover}: ${override === null ? "held, going back would lose writes" : "going back"}`,
    body: `${latch?.expected.label}: ${latch?.expected.reasons.join("; ")}`,
    urgency: "page",
  },
});

const overrideOf = (trigger: SnapBackTrigger): Latch["cause"] | null => {
  if (trigger.kind === "operator" && trigger.acceptLoss)
    return { kind: "operator", by: trigger.by, reason: trigger.reason };
  return trigger.kind === "alarm" && trigger.severity === "hard-down" ? trigger : null;
};
