import { holdsInstead, staysOnGreen } from "../decision/rollback-safety.ts";
import type { CutoverState, LatchCause } from "../decision/state.ts";
import type { JsonObject } from "../kernel/json.ts";
import { callRollback } from "./call-rollback.ts";
import { lowerGreen } from "./change-weight.ts";
import { safetyAt } from "./judge-tick.ts";
import { LATCH_TIMEOUT_MS } from "./limits.ts";
import { markTick } from "./mark-rollback.ts";
import type { PromotePorts, PromoteReport, Tick } from "./promote-tick.ts";

export interface SendBack {
  readonly cause: LatchCause;
  readonly reasons: readonly string[];
}

/**
 * Promote's way of rolling back: latch in this epoch, put the weighted rule to 0, which is all its role may write, and
 * ask `rollback` to raise the pin. A run that was frozen meanwhile has nothing to say against a later tick. Where the latch got
 * no answer it goes on: not being recorded never keeps green on. What is to be held stays all the same: the next tick finds
 * the latch, or the reason for it, and tells somebody.
 */
export const latchAndSendBack = async (
  ports: PromotePorts,
  tick: Tick,
  stored: CutoverState,
  back: SendBack,
  evidence: JsonObject = {},
): Promise<PromoteReport> => {
  const at = ports.clock.now();
  // What this tick has read, not what the last one stored: the stream may have broken in between.
  const expected = safetyAt(tick.seen.snapshots);
  const held = holdsInstead(back.cause, expected, stored.whenNotLossless);
  const outcome = await ports.state.latch(
    stored.cutover,
    {
      mode: held ? "held" : "snapped",
      cause: back.cause,
      at,
      record: {
        id: `${stored.cutover}/${stored.epoch + 1}/latch`,
        cutover: stored.cutover,
        epoch: stored.epoch + 1,
        tick: tick.at,
        at,
        kind: "latch",
        summary: `rolling back: ${back.reasons.join("; ")}`,
        detail: { ...evidence, cause: { ...back.cause } },
      },
    },
    { epoch: stored.epoch, lastTickAtOrBefore: tick.at, writeId: ports.newId() },
    LATCH_TIMEOUT_MS,
  );
  if (outcome.kind === "not-applicable" || outcome.kind === "absent")
    return { kind: "dropped", why: "the epoch moved, or a later tick was judged, before the latch" };
  const latched = stateAfter(outcome);
  const ownLatch = outcome.kind === "latched" ? expected : null;
  if (held && latched === null)
    return {
      kind: "failed",
      why: "it is to be held, and the latch was not answered; the next tick goes on from there",
    };
  if (held && latched !== null && staysOnGreen(latched)) {
    await markTick(ports, tick, latched, `held: ${back.reasons.join("; ")}`, {
      expected: ownLatch,
      holds: true,
      uncalled: null,
    });
    return { kind: "latched", doing: "held, going back would lose writes" };
  }
  // Past the point of no return blue is being fenced: nothing is written, and rollback tells people what is left.
  const mayWrite = latched === null || latched.wayBack === "open";
  const [uncalled] = await Promise.all([
    callRollback(ports, stored.cutover, latched?.epoch ?? stored.epoch, tick.at),
    mayWrite ? lowerGreen(ports, tick.cutover, tick.seen.sights) : null,
  ]);
  const why = `rolling back: ${back.reasons.join("; ")}`;
  if (latched !== null) await markTick(ports, tick, latched, why, { expected: ownLatch, holds: false, uncalled });
  return {
    kind: "judged",
    decision: "rollback",
    reasons: uncalled === null ? back.reasons : [...back.reasons, uncalled],
  };
};

const stateAfter = (outcome: Awaited<ReturnType<PromotePorts["state"]["latch"]>>): CutoverState | null => {
  if (outcome.kind === "latched") return outcome.after;
  return outcome.kind === "already-latched" ? outcome.state : null;
};
