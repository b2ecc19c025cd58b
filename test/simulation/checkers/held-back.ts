import { MINUTE_MS } from "../../../src/kernel/units.ts";
import type { WorldEvent } from "../world/events.ts";
import type { World } from "../world/world.ts";
import type { Checker } from "./checker.ts";

type Sent = Extract<WorldEvent, { kind: "sent" }>;

/** Nobody who looks once a minute overlooks for so long that reverse stands still. */
const KNOWN_AFTER_MS = 5 * MINUTE_MS;

/** P4: where the policy says to hold, nothing that may wait goes back over a reverse stream that stands still. */
export const heldBack = (): Checker => ({
  promise: "P4",
  watch: (event, world) => (event.kind === "sent" ? sent(world, event) : null),
});

const sent = (world: World, { run, what, at }: Sent): string | null => {
  const latch = run.seen?.state.latch;
  // Without the table's answer nobody knows what is to be held; what it says afterwards takes nothing back.
  if (what !== "pin-up" || latch === undefined || run.unanswered || latch.verifiedAt !== undefined) return null;
  const { cause } = latch;
  const mayWait = cause.kind === "policy" || (cause.kind === "alarm" && cause.severity === "degraded");
  if (!mayWait || world.policy.whenNotLossless !== "hold") return null;
  const since = world.truth.standsSince("reverse", at);
  return since !== null && latch.at - since > KNOWN_AFTER_MS
    ? "sent back over a reverse stream that stood still, and the policy says to hold"
    : null;
};
